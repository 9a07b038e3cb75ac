import unicodedata
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, EmailStr, StringConstraints

from kit.http import Body

MAX_NAME_CHARS = 100
MAX_DEVICE_CHARS = 64


def _one_line(text: str) -> str:
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise ValueError("must not contain control characters")
    return text


def _line(max_length: int):
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length),
        AfterValidator(_one_line),
    ]


Email = Annotated[EmailStr, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(str.lower)]
PersonName = _line(MAX_NAME_CHARS)
DeviceText = _line(MAX_DEVICE_CHARS)


class Device(Body):
    model_config = ConfigDict(frozen=True)

    name: DeviceText
    platform: DeviceText


UNKNOWN_DEVICE = Device(name="Unknown device", platform="unknown")
