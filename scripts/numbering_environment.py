"""Where scripts/numbering-plans and scripts/numbering-peer have libphonenumber's metadata from."""
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# To take a newer edition, change these.
VERSIONS = ["phonenumbers==9.0.43", "pycountry==24.6.1"]


def enter():
    """Runs the script again with the packages, out of a virtual environment in .build."""
    folder = ROOT / ".build/numbering-plans"
    python = folder / "bin/python"
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *VERSIONS], check=True)
    os.execv(python, [str(python), *sys.argv])
