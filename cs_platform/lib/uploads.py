"""How much may be handed in: a request that is larger is turned away before its files fill the disk."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

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
