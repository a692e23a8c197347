/* Calls functions that it does not say it needs. */
#include "library.h"

typedef int vector __attribute__((vector_size(16)));
double wide_mixed(int a, long long b, float c, double d);
vector wide_sum(vector a, vector b);
int user_mixed(void) { return (int)(wide_mixed(1, 1ll << 40, 0.5f, 0.25) - (double)(1ll << 40)); }
double user_double(void) { return wide_mixed(1, 2, 0.5f, 0.25); }
int user_vector(void) {
    vector a = {1, 2, 3, 4}, b = {10, 20, 30, 40}, c = wide_sum(a, b);
    return c[0] + c[1] + c[2] + c[3];
}
