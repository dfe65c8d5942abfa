/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What an option is inside the library: a row of the list that the kernel
 * module enforces.
 */
#ifndef KSOCK_OPT_H
#define KSOCK_OPT_H

#include "internal.h"

/*
 * struct ksock_opt - an option
 * @name: its name
 * @level_name: name of its level
 * @level: its level
 * @number: its number
 * @type: type of its value
 * @access: what may be done with it
 */
struct ksock_opt {
	const char *name;
	const char *level_name;
	int level;
	int number;
	enum ksock_value_type type;
	enum ksock_opt_access access;
};

#endif /* KSOCK_OPT_H */
