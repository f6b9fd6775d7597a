"""How much may be handed in: a request that is larger is turned away before its files fill the disk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]

# Beside the files: names, fields, boundaries.
SLACK = 1_000_000


class Capped(FileUploadHandler):
    """Stands first among the handlers and takes no file itself."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > settings.UPLOAD_MAX_BYTES + SLACK:
            raise RequestDataTooBig("The files are larger than this installation takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class Small(FileUploadHandler):
    """Takes no file itself, and lets none pass that is larger than `most`: what comes beyond is thrown away as it
    streams. `request.too_large` names the fields; a request of many times that size is refused whole."""

    def __init__(self, most: int, request: HttpRequest) -> None:
        super().__init__(request)
        self.most, self.taken = most, 0
        self.too_large: set[str] = set()
        request.too_large = self.too_large  # type: ignore[attr-defined]

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > 4 * self.most + SLACK:
            raise RequestDataTooBig("The file is larger than this page takes.")

    def new_file(self, field_name, *args, **kwargs):
        super().new_file(field_name, *args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > self.most:
            self.too_large.add(self.field_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def takes_small_files(most: int) -> Callable[[View], View]:
    """For a view that takes files of at most `most` bytes. Handlers are chosen before anything is read, so that the
    token against forged requests is looked at here, after that."""

    def decorate(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                request.upload_handlers.insert(0, Small(most, request))
            try:
                return checked(request, *args, **kwargs)
            except RequestDataTooBig:
                return render(request, "413.html", {"most": most}, status=413)

        return wrapped

    return decorate
