# What a script does when signals come, and at its end.
trap 'echo got TERM' TERM; kill -TERM $$; kill -TERM $$; trap - TERM
trap 'echo got USR1; last=$?' USR1; false; kill -USR1 $$; echo "status after $?"
trap
trap - USR1; trap
trap 'echo one; trap "echo two" USR1' USR1; kill -USR1 $$; kill -USR1 $$; trap - USR1
trap '' USR2; kill -USR2 $$; echo ignored; trap - USR2

echo "-- at the end"
(trap 'echo bye' EXIT; echo hi)
(trap 'echo "leaving with $?"; exit 3' EXIT; exit 2); echo "$?"
sh -c 'trap "echo done" EXIT; exec cat /dev/null'; echo "$?"
sh -c 'trap "echo done" EXIT; kill -TERM $$; echo not here'; echo "$?"
sh -c 'trap "echo done" EXIT; trap "exit 5" TERM; kill -TERM $$; echo not here'; echo "$?"
f() { trap 'echo in a function' EXIT; }; (f; echo after f)
(trap 'echo inner' EXIT; (trap 'echo innermost' EXIT); echo between)

echo "-- subshells forget handlers"
trap 'echo parent' USR1
(trap) | cat; (kill -USR1 $$; sleep 0.01); echo "sent"
(trap 'echo child' USR1; sh -c 'kill -USR1 $PPID'; :) 
trap - USR1
(trap '' TERM; (kill -TERM $(sh -c 'echo $PPID'); echo still here))

echo "-- while it waits"
trap 'echo woken' USR1
(sleep 0.05; kill -USR1 $$) & sender=$!
sleep 60 & sleeper=$!
wait $sleeper; status=$?; [ $status -gt 128 ] && echo "wait ended early"
wait $sender; echo "sender $?"; kill $sleeper; wait $sleeper 2>/dev/null; echo "sleeper $?"
sh -c 'kill -USR1 $PPID; echo "the program goes on"'; echo "after the program"
(sleep 0.02; kill -USR1 $$) & sender=$!
until wait $sender; do :; done
(kill -USR1 $$; echo line) | { read line; echo "read $line"; }
sh -c 'trap "echo once; trap - USR1" USR1; kill -USR1 $$; kill -USR1 $$; echo not here' 2>/dev/null; echo "$?"
trap - USR1

echo "-- one after the other"
trap 'echo INT' INT; trap 'echo HUP' HUP; trap 'echo ALRM' ALRM
for signal in INT HUP ALRM HUP; do kill -$signal $$; done
trap - INT HUP ALRM
trap 'n=$((n + 1))' USR1; n=0; i=0; while [ $i -lt 50 ]; do kill -USR1 $$; i=$((i + 1)); done; echo $n
trap 'children=$((children + 1))' CHLD; children=0; (exit 0); (exit 0); [ $children -ge 1 ] && echo "heard of children"
trap - CHLD USR1

trap 'echo "the script ends with $?"' EXIT
exit 6
