/* Of terminals there is only what posix.h declares. */
#pragma once
#include "posix.h"
