#!/bin/sh
# Makes demonstration.mp3 and demonstration.vtt from lines.txt: two synthetic voices, no person's.
# Needs espeak-ng and ffmpeg. Run it in this directory; the portal itself never does.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
: > "$work/list"
while IFS='|' read -r voice words; do
  number=$((number + 1))
  case $voice in
    A) sound="en-gb+f3 -p 45" ;;
    *) sound="en-us+m3 -p 40" ;;
  esac
  # shellcheck disable=SC2086
  espeak-ng -v $sound -s 150 -w "$work/raw.wav" "$words"
  ffmpeg -v error -y -i "$work/raw.wav" -af apad=pad_dur=0.6 -ar 24000 -ac 1 "$work/$number.wav"
  echo "file '$work/$number.wav'" >> "$work/list"
  ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/$number.wav" >> "$work/lengths"
done < lines.txt
ffmpeg -v error -y -f concat -safe 0 -i "$work/list" -map_metadata -1 -b:a 40k -ac 1 demonstration.mp3
{
  printf 'WEBVTT\n'
  paste -d '|' "$work/lengths" lines.txt | awk -F '|' '
    function stamp(s) { return sprintf("%02d:%06.3f", int(s / 60), s - 60 * int(s / 60)) }
    { end = at + $1; printf "\n%s --> %s\n<v Demonstration voice %s>%s\n", stamp(at), stamp(end - 0.6), $2, $3; at = end }'
} > demonstration.vtt
