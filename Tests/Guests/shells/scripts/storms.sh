# Signals that come at any moment: while the shell forks, jumps, waits and computes.
storm() { i=0; while [ $i -lt $1 ]; do kill -USR1 $$; i=$((i + 1)); done; }
trap 'caught=1' USR1

caught=0; storm 1500 & sender=$!
while kill -0 $sender 2>/dev/null; do
    x=$(echo substituted | cat); [ "$x" = substituted ] || echo "wrong: $x"
    seq 5 | tail -n 1 >last; read y <last; [ "$y" = 5 ] || echo "wrong: $y"
done
wait $sender; echo "$? $caught"

caught=0; storm 3000 & sender=$!
n=0; while kill -0 $sender 2>/dev/null; do eval 'f() { n=$((n + 1)); }'; f; done
wait $sender; echo "$? $caught"

caught=0; storm 500 & sender=$!
until wait $sender; do :; done; echo "waited $caught"

caught=0; storm 500 & sender=$!
while kill -0 $sender 2>/dev/null; do (exit 3); [ $? = 3 ] || echo "wrong status"; done; echo "started $caught"

echo "-- ends at any moment"
(trap 'exit 5' TERM; echo ready >ready; while :; do x=$(echo a); done) & child=$!
until [ -s ready ]; do sleep 0.01; done
kill $child; wait $child; echo "$?"
ended() { [ $? = "$1" ] || echo "wrong status"; }
n=0; while [ $n -lt 20 ]; do
    (while :; do :; done) & kill -9 $!; wait $! 2>/dev/null; ended 137
    (x=$(sleep 0.5)) & kill -9 $!; wait $! 2>/dev/null; ended 137
    sh -c 'seq 100 | sort | cat >/dev/null; sleep 0.5' & kill $!; wait $! 2>/dev/null; ended 143
    n=$((n + 1))
done
yes | yes | yes | head -n 1
