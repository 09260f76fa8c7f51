"""Foreign pictures made anew: what leaves here was written by us, pixel by pixel. Touches no row and no network.

The work of a worker process: a picture that takes too much ends none but its own making.
"""

from __future__ import annotations

import io
import warnings

from PIL import ExifTags, Image, ImageOps

from newsroom.articles.made_pictures import WIDTHS, Reencoded, Unfit

PIXELS_MOST = 40_000_000  # counted before anything is unpacked
WIDTH_LEAST = 200  # below it: a sign, a face, a counter's dot
TALLEST, WIDEST = 3.0, 5.0  # sides: what is longer is a strip
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
ICON_FORMATS = ("PNG", "ICO", "JPEG", "GIF", "WEBP")
ICON_SIDE = 32
ICON_PIXELS_MOST = 4_000_000
WEBP_QUALITY = 76
UNPACKED_AT_ONCE = ("WEBP", "AVIF")  # their decoders hold a picture in colours several times over, 16 bytes a pixel
PIXELS_MOST_AT_ONCE = 14_000_000
PIXELS_AT_ONCE = 12_000_000  # what has more is made smaller before its colours are
BAND = 64  # rows of the smaller picture that are made at once
WHICH_WAY_UP = ("exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp")  # where its head says it

# Pillow refuses twice this much by itself, where pictures stand in pictures, as in an .ico.
Image.MAX_IMAGE_PIXELS = PIXELS_MOST // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def reencode(body: bytes) -> Reencoded | Unfit:
    """The picture in a few widths, upright, its first frame alone, without anything that stood beside its pixels."""
    image = _opened(body, FORMATS, PIXELS_MOST)
    if isinstance(image, Unfit):
        return image
    try:
        if reason := _unlike_a_picture(*_upright(image)):
            return Unfit(reason)
        image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))  # a large JPEG is unpacked no larger than needed
        image = _on_white(ImageOps.exif_transpose(_reduced(image)))
        if all(low == high for low, high in image.getextrema()):
            return Unfit("all of it is one colour.")
        return _in_widths(image)
    except Exception as error:  # decoders raise whatever broken bytes lead them to
        return Unfit(f"it is cut or broken ({type(error).__name__}: {str(error)[:120]}).")


def reencode_icon(body: bytes) -> bytes | Unfit:
    """A publisher's favicon as a PNG of 32 pixels."""
    image = _opened(body, ICON_FORMATS, ICON_PIXELS_MOST)
    if isinstance(image, Unfit):
        return image
    try:
        image = image.convert("RGBA")
        image.thumbnail((ICON_SIDE, ICON_SIDE), Image.Resampling.LANCZOS)
        square = Image.new("RGBA", (ICON_SIDE, ICON_SIDE))
        square.paste(image, ((ICON_SIDE - image.width) // 2, (ICON_SIDE - image.height) // 2))
        if square.getextrema()[3][1] == 0:
            return Unfit("nothing is seen on it: all of it is transparent.")
        return _bytes_of(square, "PNG", optimize=True)
    except Exception as error:  # as above
        return Unfit(f"it is cut or broken ({type(error).__name__}: {str(error)[:120]}).")


def _opened(body: bytes, formats: tuple[str, ...], pixels_most: int) -> Image.Image | Unfit:
    """The picture by its head alone, nothing unpacked."""
    if not body:
        return Unfit("the answer has no bytes.")
    start = body[:1000].lstrip().lower()
    if start.startswith((b"<svg", b"<?xml")) or b"<svg" in start:
        return Unfit("it is an SVG, a program that draws; only pictures of pixels are shown.")
    if start.startswith((b"<!doctype", b"<html")):
        return Unfit("it is a page, not a picture.")
    if reason := _too_many_pixels(*_webp_size(body), min(pixels_most, PIXELS_MOST_AT_ONCE)):
        return Unfit(reason)
    try:
        image = Image.open(io.BytesIO(body), formats=formats)
    except Image.DecompressionBombError:
        return Unfit(f"it has over {PIXELS_MOST // 1_000_000} million pixels; the limit is {pixels_most // 1_000_000}.")
    except Exception as error:  # heads can be as broken as what follows
        return Unfit(f"it is no picture of a kind that is read: {', '.join(formats)} ({type(error).__name__}).")
    most = min(pixels_most, PIXELS_MOST_AT_ONCE) if image.format in UNPACKED_AT_ONCE else pixels_most
    if reason := _too_many_pixels(*image.size, most):
        return Unfit(reason)
    return image


def _too_many_pixels(width: int, height: int, most: int) -> str:
    if width * height <= most:
        return ""
    return f"it has {width} × {height} pixels, the limit is {most // 1_000_000} million."


def _webp_size(body: bytes) -> tuple[int, int]:
    """Width and height that a WebP names, else zeros: its decoder takes room for all of it when it is opened."""
    if body[:4] != b"RIFF" or body[8:12] != b"WEBP" or len(body) < 30:
        return 0, 0
    kind = body[12:16]
    if kind == b"VP8X":
        return int.from_bytes(body[24:27], "little") + 1, int.from_bytes(body[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[26:28], "little") & 0x3FFF, int.from_bytes(body[28:30], "little") & 0x3FFF


def _on_white(image: Image.Image) -> Image.Image:
    """As RGB; what was transparent is white, as the page was that it was made for."""
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _upright(image: Image.Image) -> tuple[int, int]:
    """Width and height as it is shown, by its head alone."""
    is_turned = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
    return image.size[::-1] if is_turned else image.size


def _unlike_a_picture(width: int, height: int) -> str:
    """Why it is no news picture by its sides; "" if it may be one."""
    if width < WIDTH_LEAST:
        return f"it is {width} × {height} pixels; narrower than {WIDTH_LEAST} is no picture of an article."
    if height > TALLEST * width or width > WIDEST * height:
        return f"it is {width} × {height} pixels, a strip."
    return ""


def _reduced(image: Image.Image) -> Image.Image:
    """A picture of many pixels by whole factors smaller, on white, band by band: never twice in memory as it is."""
    factor = _upright(image)[0] // WIDTHS[-1]
    if image.width * image.height <= PIXELS_AT_ONCE or factor < 2:
        return image
    width, height = image.size
    made = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND * factor):
        band = image.crop((0, top, width, min(top + BAND * factor, height)))
        made.paste(_on_white(band).reduce(factor), (0, top // factor))
    made.info = {name: image.info[name] for name in WHICH_WAY_UP if name in image.info}
    return made


def _in_widths(image: Image.Image) -> Reencoded:
    files = []
    for width in WIDTHS:
        shown = min(width, image.width)
        height = max(1, round(image.height * shown / image.width))
        copy = image.resize((shown, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        files.append((width, _bytes_of(copy, "WEBP", quality=WEBP_QUALITY, method=4)))
        if shown == image.width:
            break
    return Reencoded(shown, height, tuple(files))


def _bytes_of(image: Image.Image, kind: str, **options: int) -> bytes:
    image.info.clear()  # nothing of the original's is written along
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
