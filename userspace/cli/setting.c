// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of sockets and the values they are to have, as NAME=VALUE.  All that
 * can be wrong without asking the kernel is found before anything happens.
 */
#include "setting.h"
#include "cli.h"
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct ksock_opt *setting_find_opt(const char *name, int family)
{
	return ksock_opt_find(name, family == AF_UNSPEC ? AF_INET : family);
}

int setting_unknown(const char *subject)
{
	return usage_report(subject, "unknown option, see 'ksock opt list'");
}

static int setting_bad_value(const char *subject, const struct ksock_opt *opt)
{
	char reason[80];

	switch (errno) {
	case EINVAL:
		snprintf(reason, sizeof(reason),
			 "not a value of type %s, see ksock_opt(3)",
			 ksock_opt_get_type_name(opt));
		return usage_report(subject, reason);
	case ERANGE:
		return usage_report(subject, "number out of range");
	case ENODEV:
		return output_error(subject, "no such interface", NULL);
	default:
		return output_error(subject, strerror(errno), NULL);
	}
}

/* Two options of the same name have values of the same type. */
static int setting_parse(struct setting *setting, const char *text, int family)
{
	const char *value = strchr(text, '=');
	const struct ksock_opt *opt;

	if (!value || value == text)
		return usage_report(text, "not of the form NAME=VALUE");

	setting->text = text;
	setting->name = strndup(text, value - text);
	value++;
	setting->len = strlen(value);
	if (setting->len < KSOCK_OPT_VALUE_MAX)
		setting->len = KSOCK_OPT_VALUE_MAX;
	setting->value = malloc(setting->len);
	if (!setting->name || !setting->value)
		return output_error(text, strerror(ENOMEM), NULL);

	opt = setting_find_opt(setting->name, family);
	if (!opt)
		return setting_unknown(setting->name);
	if (!ksock_opt_is_writable(opt))
		return output_error(setting->name, "can only be got", NULL);
	if (ksock_opt_parse(opt, value, setting->value, &setting->len))
		return setting_bad_value(text, opt);
	return EXIT_SUCCESS;
}

int settings_parse(struct settings *settings, char **texts, int family)
{
	size_t count = 0;
	int status;

	while (texts[count])
		count++;
	if (!count)
		return EXIT_SUCCESS;

	settings->items = calloc(count, sizeof(*settings->items));
	if (!settings->items)
		return output_error(texts[0], strerror(errno), NULL);

	while (settings->count < count) {
		status = setting_parse(&settings->items[settings->count],
				       texts[settings->count], family);
		settings->count++;
		if (status)
			return status;
	}
	return EXIT_SUCCESS;
}

void settings_free(struct settings *settings)
{
	size_t i;

	for (i = 0; i < settings->count; i++) {
		free(settings->items[i].name);
		free(settings->items[i].value);
	}
	free(settings->items);
}

int setting_apply(const struct setting *setting, struct ksock_sock *sock,
		  int family)
{
	const struct ksock_opt *opt = setting_find_opt(setting->name, family);

	return ksock_opt_set(sock, opt, setting->value, setting->len);
}
