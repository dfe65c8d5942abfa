/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of sockets and the values they are to have, as NAME=VALUE.
 */
#ifndef SETTING_H
#define SETTING_H

#include <ksock.h>

/**
 * struct setting - an option and the value it is to have
 * @text: both as given
 * @name: name of the option
 * @value: the value
 * @len: its length in bytes
 */
struct setting {
	const char *text;
	char *name;
	void *value;
	socklen_t len;
};

/**
 * struct settings - some of them, in the order given
 * @items: the settings
 * @count: how many there are
 */
struct settings {
	struct setting *items;
	size_t count;
};

/**
 * setting_find_opt() - find an option by its name
 * @name: name of the option
 * @family: of two options of the name choose that of this family; AF_UNSPEC
 *	chooses that of AF_INET
 *
 * Return: the option, or NULL.
 */
const struct ksock_opt *setting_find_opt(const char *name, int family);

/**
 * setting_unknown() - complain that there is no option of a name
 * @subject: the name
 *
 * Return: EXIT_USAGE.
 */
int setting_unknown(const char *subject);

/**
 * settings_parse() - read settings
 * @settings: filled, to be freed with settings_free() also on failure
 * @texts: NAME=VALUE each, ended by NULL; they must stay
 * @family: family that the option shall be of, or AF_UNSPEC
 *
 * Return: EXIT_SUCCESS, or the exit status after reporting what went wrong.
 */
int settings_parse(struct settings *settings, char **texts, int family);

/** settings_free() - free settings */
void settings_free(struct settings *settings);

/**
 * setting_apply() - set the option of a socket
 * @setting: option and value
 * @sock: socket
 * @family: its family
 *
 * Return: 0 or -1.
 */
int setting_apply(const struct setting *setting, struct ksock_sock *sock,
		  int family);

#endif /* SETTING_H */
