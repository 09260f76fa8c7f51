"""The sample edition's pictures and favicons: landscapes that nobody photographed, drawn when the sample is loaded."""

from __future__ import annotations

import io
import math
import random
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

FILE = Path(__file__).parent / "pictures.toml"
WIDTH, HEIGHT = 1280, 800
ICON_SIDE = 64
Colour = tuple[int, int, int]
SKY: tuple[Colour, Colour] = ((96, 124, 148), (222, 208, 186))
DUSK: tuple[Colour, Colour] = ((58, 52, 78), (226, 148, 98))
HILLS: tuple[Colour, ...] = ((132, 142, 146), (92, 108, 106), (58, 74, 68))
WATER: tuple[Colour, Colour] = ((104, 126, 138), (52, 72, 88))
WALL, WALL_DARK, NIGHT = (176, 170, 160), (112, 106, 98), (34, 36, 44)
INKS: tuple[Colour, ...] = ((122, 31, 31), (28, 72, 108), (40, 92, 62), (104, 70, 24), (74, 50, 106), (24, 84, 92))


@dataclass(frozen=True, slots=True)
class SamplePicture:
    """What a sample article says of its picture. scene: which of the drawings it is."""

    article: str
    scene: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@lru_cache(maxsize=1)
def sample_pictures() -> dict[str, SamplePicture]:
    """The pictures by the key of their article."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["picture"]
    return {row["article"]: SamplePicture(**row) for row in rows}


def draw(picture: SamplePicture) -> bytes:
    """The picture as a PNG; the same each time."""
    dice = random.Random(picture.article)
    image = _shaded(WIDTH, HEIGHT, *(DUSK if picture.scene == "town" else SKY))
    pen = ImageDraw.Draw(image)
    {"dam": _dam, "harbour": _harbour, "hills": _hills, "town": _town}[picture.scene](pen, dice)
    return _png(image)


def draw_icon(slug: str) -> bytes:
    """A publisher's favicon as a PNG: a form of its own in an ink of its own."""
    dice = random.Random(slug)
    image = Image.new("RGBA", (ICON_SIDE, ICON_SIDE), (0, 0, 0, 0))
    pen, ink = ImageDraw.Draw(image), dice.choice(INKS)
    pen.rounded_rectangle((0, 0, ICON_SIDE - 1, ICON_SIDE - 1), 10, fill=ink)
    form = dice.choice(("disc", "bars", "peak", "ring"))
    if form == "disc":
        pen.ellipse((16, 16, 48, 48), fill="white")
    elif form == "ring":
        pen.ellipse((12, 12, 52, 52), outline="white", width=9)
    elif form == "peak":
        pen.polygon(((10, 50), (32, 12), (54, 50)), fill="white")
    else:
        for place, tall in enumerate((20, 34, 26)):
            pen.rectangle((12 + 15 * place, 52 - tall, 22 + 15 * place, 52), fill="white")
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _shaded(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), bottom)
    return strip.resize((width, height), Image.Resampling.BILINEAR)


def _ridges(pen: ImageDraw.ImageDraw, dice: random.Random, first: int, step: int) -> None:
    """Hills behind hills, the nearer the darker."""
    for place, colour in enumerate(HILLS):
        waves = [(dice.uniform(0.002, 0.011), dice.uniform(0, 6), dice.uniform(12, 46)) for _ in range(3)]
        line = [
            (x, first + step * place - sum(high * math.sin(x * often + shift) for often, shift, high in waves))
            for x in range(0, WIDTH + 8, 8)
        ]
        pen.polygon([(0, HEIGHT), *line, (WIDTH, HEIGHT)], fill=colour)


def _water(pen: ImageDraw.ImageDraw, dice: random.Random, top: int) -> None:
    pen.rectangle((0, top, WIDTH, HEIGHT), fill=WATER[1])
    for _ in range(420):
        y = top + (HEIGHT - top) * dice.random() ** 1.6
        x, long = dice.uniform(-60, WIDTH), 12 + (y - top) * dice.uniform(0.1, 0.5)
        pen.line((x, y, x + long, y), fill=WATER[0], width=1 + int((y - top) / 160))


def _hills(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    _ridges(pen, dice, 380, 130)


def _dam(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    _ridges(pen, dice, 300, 70)
    _water(pen, dice, 600)
    pen.polygon(((170, 330), (1110, 330), (1010, 640), (270, 640)), fill=WALL)
    for x in range(230, 1100, 62):
        pen.line((x, 332, 640 + (x - 640) * 0.8, 640), fill=WALL_DARK, width=4)
    pen.rectangle((150, 312, 1130, 340), fill=WALL_DARK)
    pen.polygon(((590, 312), (760, 312), (735, 470), (702, 640), (618, 640), (640, 452)), fill=WATER[0])
    for _ in range(120):
        x, y = dice.uniform(625, 730), dice.uniform(330, 640)
        pen.line((x, y, x + dice.uniform(-4, 4), y + 46), fill=(206, 214, 218), width=3)


def _harbour(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    _ridges(pen, dice, 330, 45)
    _water(pen, dice, 470)
    pen.polygon(((380, 520), (980, 520), (920, 610), (440, 610)), fill=NIGHT)
    pen.rectangle((470, 440, 860, 520), fill=WALL)
    pen.rectangle((540, 380, 760, 440), fill=WALL)
    pen.rectangle((640, 300, 700, 380), fill=INKS[0])
    for x in range(490, 850, 40):
        pen.rectangle((x, 468, x + 20, 492), fill=NIGHT)


def _town(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    x = -20
    while x < WIDTH:
        wide, tall = dice.randint(60, 130), dice.randint(160, 380)
        pen.rectangle((x, HEIGHT - tall, x + wide, HEIGHT), fill=NIGHT)
        if dice.random() < 0.6:
            pen.polygon(((x, HEIGHT - tall), (x + wide / 2, HEIGHT - tall - 46), (x + wide, HEIGHT - tall)), fill=NIGHT)
        for row in range(HEIGHT - tall + 24, HEIGHT - 20, 44):
            for column in range(x + 14, x + wide - 18, 30):
                if dice.random() < 0.45:
                    pen.rectangle((column, row, column + 12, row + 20), fill=(236, 192, 118))
        x += wide + dice.randint(-4, 12)
