/* Functions of all kinds of values, by way of another library that is loaded later. */
#include "library.h"

typedef int vector __attribute__((vector_size(16)));
double wide_mixed(int a, long long b, float c, double d) { return a + (double)b + c + d; }
vector wide_sum(vector a, vector b) { return a + b; }
