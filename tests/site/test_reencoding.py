"""Foreign pictures made anew: small ones of known kinds, and every kind of bad one told apart in words."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from newsroom.articles.reencoding import ICON_SIDE, WIDTHS, Reencoded, Unfit, reencode, reencode_icon
from tests.site import pictures


def made(body: bytes) -> Reencoded:
    got = reencode(body)
    assert isinstance(got, Reencoded), got
    return got


def why_not(body: bytes) -> str:
    got = reencode(body)
    assert isinstance(got, Unfit), got
    return got.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_webp_in_the_widths_that_are_asked_for(kind):
    got = made(pictures.drawn(2000, 1000, kind=kind))
    assert [width for width, _ in got.files] == list(WIDTHS)
    for width, body in got.files:
        copy = pictures.opened(body)
        assert (copy.format, copy.size) == ("WEBP", (width, width // 2))
    assert (got.width, got.height) == (1280, 640)


def test_a_narrow_picture_is_never_made_wider():
    got = made(pictures.drawn(500, 300))
    assert [(width, pictures.opened(body).width) for width, body in got.files] == [(320, 320), (640, 500)]
    assert (got.width, got.height) == (500, 300)


def test_nothing_that_stood_beside_the_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "taken at the secret lake"
    exif.get_ifd(0x8825)[1] = "N"
    body = pictures.drawn(kind="JPEG", exif=exif, comment=b"secret remark", icc_profile=b"secret profile")
    for _, copy in made(body).files:
        assert b"secret" not in copy
        assert not pictures.opened(copy).getexif()
        assert "icc_profile" not in pictures.opened(copy).info


def test_a_picture_taken_on_its_side_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    got = made(pictures.drawn(800, 600, exif=exif))
    assert (got.width, got.height) == (600, 800)


def test_of_a_moving_picture_the_first_frame_is_kept():
    frames = [Image.new("RGB", (400, 300), colour) for colour in ("white", "black")]
    frames[0].paste("red", (0, 0, 200, 300))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    copy = pictures.opened(made(out.getvalue()).files[-1][1])
    assert getattr(copy, "n_frames", 1) == 1
    assert copy.getpixel((50, 150))[0] > 200
    assert copy.getpixel((350, 150))[2] > 200


def test_what_is_transparent_is_white():
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 100, 300))
    copy = pictures.opened(made(pictures.saved(image, "PNG")).files[-1][1])
    assert min(copy.getpixel((380, 150))) > 250


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no bytes"),
        (b"<!DOCTYPE html><title>Not found</title>", "a page, not a picture"),
        (b"  <html><body>Sign in</body></html>", "a page, not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b'<?xml version="1.0"?><svg/>', "SVG"),
        (b"\x00" * 4000, "no picture of a kind that is read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n", "no picture of a kind that is read"),
        (pictures.bomb(), "million"),
        (pictures.bomb(8000, 8000), "over 40 million pixels"),
        (pictures.webp_bomb(), "16383 × 16383 pixels"),
        (pictures.webp_bomb(3800), "the limit is 14 million"),  # its decoder holds it several times over
        (pictures.drawn()[:900], "cut or broken"),
        (pictures.drawn(kind="PNG")[:400], "cut or broken"),
        (pictures.drawn(1, 1), "narrower than 200"),
        (pictures.drawn(120, 90), "narrower than 200"),
        (pictures.drawn(2000, 100), "a strip"),
        (pictures.drawn(300, 2000), "a strip"),
        (pictures.saved(Image.new("RGB", (600, 400), "teal"), "PNG"), "one colour"),
        (pictures.saved(Image.new("RGB", (600, 400)), "TIFF"), "no picture of a kind that is read"),
    ],
)
def test_what_is_no_picture_to_show_is_refused_in_words(body, reason):
    assert reason in why_not(body)


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_picture_of_many_pixels_is_made_smaller_band_by_band_and_stands_upright(mode):
    """Red above clear, turned: what is shown has the clear half, now white, on the left."""
    picture = Image.new("RGBA", (4000, 3600), (200, 0, 0, 255))
    picture.paste((0, 0, 0, 0), (0, 1800, 4000, 3600))
    exif = Image.Exif()
    exif[0x0112] = 6
    got = made(pictures.saved(picture.convert(mode), "PNG", exif=exif))
    assert (got.width, got.height) == (1280, 1422)
    copy = pictures.opened(got.files[-1][1]).convert("RGB")
    for x, colour in ((100, (255, 255, 255)), (600, (255, 255, 255)), (680, (200, 0, 0)), (1200, (200, 0, 0))):
        for y in (5, 700, 1415):
            assert max(abs(a - b) for a, b in zip(copy.getpixel((x, y)), colour, strict=True)) < 12, (x, y)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_broken_bytes_anywhere_raise_nothing(kind):
    whole = bytearray(pictures.drawn(400, 300, kind=kind))
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        assert isinstance(reencode(bytes(broken)), Reencoded | Unfit)
        assert isinstance(reencode_icon(bytes(broken[:place])), bytes | Unfit)


def test_a_favicon_becomes_a_png_of_one_size():
    for body in (pictures.drawn(64, 64, kind="ICO"), pictures.drawn(180, 180, kind="PNG"), pictures.drawn(48, 16)):
        icon = pictures.opened(reencode_icon(body))
        assert (icon.format, icon.size) == ("PNG", (ICON_SIDE, ICON_SIDE))


def test_a_favicon_that_shows_nothing_or_is_too_large_is_none():
    clear = pictures.saved(Image.new("RGBA", (32, 32), (0, 0, 0, 0)), "PNG")
    for body, reason in ((clear, "transparent"), (pictures.bomb(5000, 5000), "4 million"), (b"<svg/>", "SVG")):
        got = reencode_icon(body)
        assert isinstance(got, Unfit)
        assert reason in got.reason
