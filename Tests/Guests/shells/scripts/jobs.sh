# Background jobs and wait.
(exit 4) & wait $!; echo "$?"
(exit 5) & (exit 6) & wait; echo "$?"
sleep 0.02 & first=$!; (sleep 0.01; exit 7) & second=$!
wait $second; echo "second $?"; wait $first; echo "first $?"
(exit 8) & wait $! $!; echo "$?"
wait 99999; echo "$?"

echo "-- at the same time"
for n in 1 2 3 4 5; do (sleep 0.0$n; echo "job $n" >>finished) & done; wait; sort finished
for n in 1 2 3; do (exit $n) & eval "pid$n=$!"; done
wait $pid3; echo "$?"; wait $pid1; echo "$?"; wait $pid2; echo "$?"
seq 1 1000 >numbers & cat /dev/null & wait; wc <numbers
{ echo in background; } & wait

echo "-- their input is empty"
echo unread | { cat & wait; read line; echo "left: $line"; }

echo "-- ended by signals"
sleep 60 & kill $!; wait $! 2>/dev/null; echo "$?"
sleep 60 & kill -KILL $!; wait $! 2>/dev/null; echo "$?"
(trap 'echo cleaned; exit 9' TERM; echo ready >started; while :; do sleep 0.01; done) & child=$!
until [ -s started ]; do sleep 0.01; done
kill $child; wait $child; echo "$?"
sleep 60 & kill -0 $! && echo alive; kill -9 $!; wait $! 2>/dev/null; kill -0 $! 2>/dev/null || echo gone
sh -c 'kill -STOP $$; exit 3' & stopped=$!
while kill -CONT $stopped 2>/dev/null; do sleep 0.01; done; wait $stopped; echo "continued $?"

echo "-- through pipes"
(echo from the child; sleep 0.01; echo at its end) | { read line; echo "$line"; cat; }
sleep 0.02 | echo not waited for its input
(sleep 0.2; echo late >>order) & echo early >>order; wait; cat order
(echo the parent of one; (sleep 0.03; echo grandchild) & ) | cat
x=$(echo captured; (sleep 0.02; echo by its child) &); echo "$x"

echo "-- many"
n=0; while [ $n -lt 30 ]; do (exit $n) & n=$((n + 1)); done; wait; echo "all $?"
n=0; sum=0; while [ $n -lt 20 ]; do (exit $n) & wait $!; sum=$((sum + $?)); n=$((n + 1)); done; echo $sum
