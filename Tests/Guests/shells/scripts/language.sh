# The language itself, most of it without other programs.
fact() { if [ "$1" -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }
fact 10
down() { local v=$1; [ "$v" -gt 0 ] && { echo "down $v"; down $((v - 1)); echo "up $v"; }; }
down 3
deep() { [ "$1" -eq 0 ] || deep $(($1 - 1)); }
deep 200 && echo "two hundred deep"
v=global; scoped() { local v=local; inner; }; inner() { echo "$v"; }; scoped; inner
args() { echo "$#: $*"; shift; echo "$#: $@"; for a; do echo "[$a]"; done; }
args one "two words" '' four

echo "-- case"
for word in apple avocado banana 12 x1 '' '*' '[a]'; do
    case $word in
    a*o) echo "$word: a...o" ;;
    a*) echo "$word: a..." ;;
    [0-9]*) echo "$word: digits" ;;
    ?[!a-z]) echo "$word: then no letter" ;;
    '') echo "empty" ;;
    '*' | \[a\]) echo "$word: literally" ;;
    *) echo "$word: something else" ;;
    esac
done

echo "-- loops"
for i in 1 2 3 4 5; do [ $i -eq 2 ] && continue; [ $i -eq 5 ] && break; echo $i; done
for i in 1 2; do for j in a b c; do [ $j = b ] && continue 2; echo $i$j; done; done
for i in 1 2; do while :; do [ $i = 1 ] && break; break 2; done; echo "after $i"; done
n=3; until [ $n -eq 0 ]; do n=$((n - 1)); done; echo $n
while getopts ab:c option -a -b value -c rest; do echo "$option ${OPTARG-}"; done

echo "-- words"
IFS=:; set -- a:b::c; echo $#; set -- $(echo x:y:z); echo $# $2; unset IFS
echo "a:b:c" | (IFS=: read x y z; echo $z $y $x)
printf 'one two  three\\four\n' | { read -r a b; echo "$a|$b"; }
list="a  b   c"; echo $list; echo "$list"; set -- $list; echo $#
path=/usr/local/lib/file.tar.gz
echo ${path##*/} ${path#*/} ${path%.*} ${path%%.*} ${#path}
echo ${none:-default} ${none-other} ${path:+set} ${none:=assigned} $none
echo "quoted 'single' and \"double\" and \$dollar \\ backslash" 'single "$x"'
echo ~nobody-here "~" a{b,c} $((1 + 2 * 3 % 4)) $(((7 > 3) << 2)) $((0x1f ^ 010)) $((n ? 1 : 2))
n=5; echo $((n += 3)) $((n * n)) $((-n / 3)) $n
set -- 1 2 3 4 5 6 7 8 9 10 11; echo $1 ${10} ${11} "$*" $#
eval 'echo evaluated $path'; eval "set -- 'x y' z"; echo $# "$1"
alias hello='echo aliased'
eval 'hello you'; unalias hello
printf '%s-%d-%5.2f-%x-%c|%-4s|%04d\n' x 5 3.14159 255 letter ab 42
printf '%b' 'tab\tnewline\n\0101\n'; printf '%s\n' several words here
test a = a -a 1 -lt 2 && echo tested; [ -z '' -o x ] && echo or; [ ! a = b ] && echo not
type cd echo f 2>/dev/null | head -n 2; command echo by command; command -v cd

echo "-- files"
mkdir globs globs/sub; cd globs
for name in b.c a.c main.h .hidden 'with space' c-1 c-2; do echo "$name" >"$name"; done
echo *; echo *.c; echo .h*; echo ?.c; echo c-[!1]; echo [x-z]*; echo */; echo "*"
for name in *; do [ -d "$name" ] && echo "$name/" || cat "$name"; done
[ -f a.c ] && [ ! -f d.c ] && [ -s a.c ] && [ -d sub ] && [ -e sub ] && [ -r a.c ] && echo tests
rm *.c "with space"; ls; rm nofile
cd ..
echo 'sourced=$1; echo "in the file: $*"; return 4' >file; . ./file; echo "$? $sourced"
echo 'set -- changed' >file; set -- kept; . ./file; echo "$1"
