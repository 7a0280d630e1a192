"""Films made by ffmpeg: a test picture at a constant rate, so that bytes and seconds go together."""

import pathlib
import subprocess

FORMS = {
    "last.mp4": (),  # the index is at the end
    "first.mp4": ("-movflags", "+faststart"),
    "film.mkv": (),
}


def ffmpeg(*arguments, check=True, seconds=200):
    return subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, arguments)], capture_output=True, text=True,
                          check=check, timeout=seconds)


def make(directory, seconds=20, kilobits=1200, names=FORMS):
    """The same film in several containers."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    source = directory / "source.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-f", "lavfi", "-i", "sine=frequency=440", "-t", seconds,
           "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", 50, "-b:v", f"{kilobits}k", "-maxrate",
           f"{kilobits}k", "-bufsize", f"{2 * kilobits}k", "-x264-params", "nal-hrd=cbr", "-c:a", "aac", source)
    for name in names:
        ffmpeg("-i", source, "-c", "copy", *FORMS[name], directory / name)
    source.unlink()
    return directory
