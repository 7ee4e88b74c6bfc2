#!/bin/sh
# Makes a virtual environment with the first Python that is new enough, or says what is missing.
#   tools/make_venv.sh FOLDER        PYTHON=/path/to/python3.12 picks the interpreter
set -eu
folder=$1

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if is_new_enough "$candidate"; then
        python=$candidate
        break
    fi
done

if [ -z "${python:-}" ]; then
    wanted=${PYTHON:-python3}
    found=$("$wanted" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null) || found=
    if [ -n "$found" ]; then
        say "lmdeck needs Python 3.11 or newer; $wanted here is Python $found."
    else
        say "lmdeck needs Python 3.11 or newer; there is no $wanted here."
    fi
    say "Install a newer one, or name it: make run PYTHON=/path/to/python3.12"
    say "With uv, which brings its own Python: uv tool install --python 3.12 ."
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "lmdeck needs Python's venv module, and $python comes without it."
    say "On Debian or Ubuntu: sudo apt install python$version-venv"
    exit 1
fi

say "Creating $folder, the virtual environment of lmdeck: the setup takes a minute or two, once."
if ! "$python" -m venv --clear "$folder" >&2; then
    rm -rf "$folder"
    say "The virtual environment could not be created; see the lines above."
    exit 1
fi
