"""CVs: what is taken, how it is read, and that nothing in it runs or hangs."""

import io
import os
import time
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from hiring import cv
from hiring.actions.files import MOST_BYTES, keep_file, path_of, read_text, remove_file, safe_name, sweep
from hiring.models import CandidateFile
from tests.hiring.making import an_application

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def a_pdf(words: str = "Led a team of five", extra: str = "") -> bytes:
    """A page with words; extra: more entries of the catalogue."""
    stream = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET".encode()
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def a_docx(body: str | bytes, **entries: bytes) -> bytes:
    """A DOCX whose document is this text, or this XML."""
    if isinstance(body, str):
        run = f"<w:p><w:r><w:t>{body}</w:t></w:r></w:p>"
        body = f'<w:document xmlns:w="{WORD}"><w:body>{run}</w:body></w:document>'.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", body)
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def read(tmp_path, kind: str, content: bytes) -> tuple[str, str]:
    file = tmp_path / "file"
    file.write_bytes(content)
    return cv.text_of(file, kind)


def test_it_reads_what_people_send(tmp_path):
    assert read(tmp_path, "pdf", a_pdf()) == ("Led a team of five", "")
    assert read(tmp_path, "docx", a_docx("Grüße aus Köln")) == ("Grüße aus Köln", "")
    assert read(tmp_path, "text", b"\xef\xbb\xbfOne\r\n\r\n\r\nTwo\0") == ("One\n\nTwo", "")
    assert read(tmp_path, "pdf", a_pdf("")) == ("", cv.EMPTY)


def test_a_script_in_a_pdf_is_left_alone(tmp_path):
    script = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    assert read(tmp_path, "pdf", a_pdf("Plain words", script)) == ("Plain words", "")


def test_a_bomb_bursts_outside(tmp_path):
    """Each of them is an answer within seconds, never an error of ours."""
    begun = time.monotonic()
    bomb = a_docx(b"<w>" + b" " * 60_000_000)
    assert len(bomb) < 100_000
    assert read(tmp_path, "docx", bomb) == ("", cv.TOO_MUCH)

    laughs = (
        '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + f'<w:t xmlns:w="{WORD}">&b;</w:t>'
    )
    assert read(tmp_path, "docx", a_docx(laughs.encode())) == ("", cv.UNREADABLE)
    outside = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + f'<w:t xmlns:w="{WORD}">&x;</w:t>'
    assert read(tmp_path, "docx", a_docx(outside.encode())) == ("", cv.UNREADABLE)

    # An entry that says it is small and is not.
    lying = bytearray(a_docx(b" " * 30_000_000))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = lying.index(mark) + at
        lying[place : place + 4] = (1000).to_bytes(4, "little")
    assert read(tmp_path, "docx", bytes(lying))[1] in (cv.UNREADABLE, cv.TOO_MUCH)
    for kind in ("pdf", "docx"):
        assert read(tmp_path, kind, b"%PDF-1.4 and then nothing")[1] == cv.UNREADABLE
    assert time.monotonic() - begun < 40


def test_a_file_that_never_ends_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(cv, "SECONDS", 0.01)

    assert read(tmp_path, "pdf", a_pdf()) == ("", cv.TOO_MUCH)


@pytest.mark.django_db
def test_it_takes_three_kinds_by_what_is_in_them(mo, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    candidate = an_application(mo).candidate
    refused = [
        ("cv.pdf", b"MZ\x90\0program"),
        ("cv.exe", a_pdf()),
        ("cv.docx", b"%PDF-1.4"),
        ("cv.html", b"<script>alert(1)</script>"),
        ("cv.txt", b"a\0b"),
        ("cv.txt", b""),
        ("cv.pdf", b"%PDF-" + b" " * MOST_BYTES),
    ]
    for name, content in refused:
        with pytest.raises(ValidationError):
            keep_file(actor=mo, candidate=candidate, upload=SimpleUploadedFile(name, content))
    assert not CandidateFile.objects.exists()

    kept = keep_file(actor=mo, candidate=candidate, upload=SimpleUploadedFile("my cv.docx", a_docx("Words")))
    assert path_of(kept.place).is_file() and "cv" not in kept.place
    read_text(kept)
    kept.refresh_from_db()
    assert (kept.kind, kept.text, kept.fault) == ("docx", "Words", "")
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(actor=mo, kept=kept)
    assert not path_of(kept.place).exists()


@pytest.mark.django_db
def test_a_stray_file_is_swept_after_a_day(mo, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept = keep_file(
        actor=mo, candidate=an_application(mo).candidate, upload=SimpleUploadedFile("cv.txt", b"Words")
    )
    stray = path_of(kept.place).with_name("stray")
    stray.write_text("left behind")
    assert sweep() == 0
    os.utime(stray, (0, 0))
    os.utime(path_of(kept.place), (0, 0))
    assert sweep() == 1
    assert path_of(kept.place).is_file() and not stray.exists()


def test_a_name_turns_nothing_around():
    assert safe_name("../../etc/cv\u202efdp.exe\0") == "etccvfdp.exe"
    assert safe_name("\u202e") == "file"
