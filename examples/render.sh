#!/bin/sh
# Looks a scene over, renders its first frame on this machine alone, then on a network that exists for this one job, and
# compares the two pictures: sh examples/render.sh SCENE FOLDER [OPTION OF RENDER...]
set -eu
scene=$1
folder=$2
shift 2

npx rushes check "$scene"
npx rushes render "$scene" --frames 0-0 --local --out "$folder/local" "$@"
npx rushes render --yes "$scene" --frames 0-0 --out "$folder/network" "$@"
cmp "$folder/local/frame-0000.png" "$folder/network/frame-0000.png"
echo "both pictures are equal, bit for bit"
