# Programs and compound commands, connected by pipes.
seq 1 20 | sort | head -n 3
seq 1 5 | sort -rn | tr 1-5 a-e | tail -n 2
echo one two three | tr ' ' '\n' | while read word; do echo "<$word>"; done
for n in 3 1 2; do echo "$n"; done | sort | { read first; echo "first $first"; cat; }
{ echo a; echo b >&2; } 2>&1 | sort -r
if seq 9 | grep 5; then echo found; fi
if ! seq 9 | grep 15; then echo missing; fi

echo "-- more than a pipe holds"
seq 1 30000 | cat | cat | sort -n | tail -n 1
seq 1 30000 | wc
yes word | head -n 20000 | tr a-z A-Z | sort | tail -n 1

echo "-- statuses"
true | false; echo "$?"
false | true; echo "$?"
! true; echo "$?"
(exit 3) | (exit 4); echo "$?"
seq 3 | nosuchcommand; echo "$?"

echo "-- nobody reads any more"
(yes; echo "yes ended with $?" >&2) | head -n 1
(seq 1 100000; echo "seq ended with $?" >&2) | head -n 2
(trap '' PIPE; while echo line; do :; done 2>/dev/null; echo "the loop ended" >&2) | head -n 1

echo "-- nobody writes any more"
cat </dev/null | wc
true | cat | wc

echo "-- many stages"
echo deep | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat
count() { if [ "$1" -gt 0 ]; then echo "$1" | { read n; count $((n - 1)); echo "$n"; }; fi; }
count 6
