#include "library.h"

int late_value = 7;
int late_function(int value) { return value + late_value; }
