// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock, the command-line tool: finds the command, reads its options, runs it.
 */
#include "command.h"
#include "output.h"
#include "setting.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Nobody waits for a day; poll(2) cannot wait for more than 24 of them. */
#define MAIN_SECONDS_MAX 86400

static const struct command *main_command;
static void (*main_sigpipe)(int);

int usage_report(const char *subject, const char *reason)
{
	char name[COMMAND_NAME_MAX] = "";

	if (main_command)
		command_name(main_command, name);

	fprintf(stderr, "ksock: %s%s%s%s%s\n", name, name[0] ? ": " : "",
		subject ? subject : "", subject ? ": " : "", reason);
	return EXIT_USAGE;
}

int usage_error(const char *subject, const char *reason)
{
	char name[COMMAND_NAME_MAX] = "";

	if (main_command)
		command_name(main_command, name);

	usage_report(subject, reason);
	fprintf(stderr, "Try 'ksock %s%s--help'.\n", name, name[0] ? " " : "");
	return EXIT_USAGE;
}

/* The tables that getopt_long() wants, for the options of @command. */
static void main_getopt_tables(const struct command *command, char *letters,
			       struct option *names)
{
	const struct command_option *option;
	const char *letter;

	if (command->operands == OPERANDS_LINE)
		*letters++ = '+';
	*letters++ = ':';
	for (letter = command->letters; *letter; letter++) {
		option = command_option(*letter);
		*letters++ = *letter;
		if (option->arg)
			*letters++ = ':';
		if (option->optional)
			*letters++ = ':';
		*names++ = (struct option){
			.name = option->name,
			.has_arg = option->optional ? optional_argument :
				   option->arg ? required_argument :
						 no_argument,
			.val = *letter,
		};
	}
	*letters = '\0';
	*names = (struct option){ 0 };
}

/* Returns -1 to go on, or the exit status. */
static int main_seconds(const char *text, int *ms)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (end == text || *end || !(seconds >= 0.001 && seconds <= MAIN_SECONDS_MAX))
		return usage_error(text, "not a number of seconds");

	*ms = seconds * 1000;
	return -1;
}

static int main_missing(const char *what)
{
	char reason[32];

	snprintf(reason, sizeof(reason), "%s missing", what);
	return usage_error(NULL, reason);
}

/* A short option may stand in the middle of an argument. */
static int main_option_error(char **argv, const char *reason)
{
	char option[] = { '-', optopt, '\0' };

	return usage_error(optopt ? option : argv[optind - 1], reason);
}

/* What an option says; returns -1 to go on, or the exit status. */
static int main_option(struct config *config, int letter, const char *arg)
{
	switch (letter) {
	case '4':
		config->family = AF_INET;
		return -1;
	case '6':
		config->family = AF_INET6;
		return -1;
	case 'k':
		config->keep = true;
		return -1;
	case 'K':
		config->kern = true;
		return -1;
	case 'v':
		config->verbose = true;
		return -1;
	case 'j':
		config->json = true;
		return -1;
	case 't':
		config->type = arg;
		return -1;
	case 'T':
		config->tcp_only = true;
		return -1;
	case 'f':
		config->fallback = true;
		return -1;
	case 'l':
		config->log = arg ? arg : "";
		return -1;
	case 'w':
		return main_seconds(arg, &config->timeout_ms);
	case 'c':
		return main_seconds(arg, &config->connect_ms);
	default:
		command_help(main_command);
		return EXIT_SUCCESS;
	}
}

/*
 * The arguments of -o are gathered at @options, ended by NULL, for what they
 * mean may hang on an option that follows.  Returns -1 to go on, or the exit
 * status.
 */
static int main_parse(const struct command *command, int argc, char **argv,
		      struct config *config, char **options)
{
	struct option names[sizeof(COMMAND_LETTERS)];
	char letters[3 * sizeof(COMMAND_LETTERS)];
	int letter, status = -1;

	main_getopt_tables(command, letters, names);
	opterr = 0;
	while (status < 0 && (letter = getopt_long(argc, argv, letters, names,
						   NULL)) != -1) {
		if (letter == ':')
			return main_option_error(argv, "needs an argument");
		if (letter == '?')
			return main_option_error(argv,
						 optopt && command_option(optopt) ?
						 "not an option here" :
						 "unknown option");
		if (letter == 'o')
			*options++ = optarg;
		else
			status = main_option(config, letter, optarg);
	}
	if (status >= 0)
		return status;

	config->operands = argv + optind;
	config->target = config->operands[0];
	if (command->operand && optind == argc)
		return main_missing(command->operand_name);
	optind += !!command->operand;
	if (optind < argc && command->operands < OPERANDS_MANY)
		return usage_error(argv[optind], "one argument too many");
	return -1;
}

static bool main_wants_help(const char *word)
{
	return word && (!strcmp(word, "help") || !strcmp(word, "--help") ||
			!strcmp(word, "-h"));
}

static int main_run(const struct command *command, int argc, char **argv)
{
	struct config config = {
		.family = AF_UNSPEC,
		.timeout_ms = -1,
		.connect_ms = -1,
	};
	struct settings settings = { 0 };
	char name[COMMAND_NAME_MAX];
	char **options;
	int status;

	main_command = command;
	command_name(command, name);
	output_setup(name, false, false);
	options = calloc(argc + 1, sizeof(*options));
	if (!options)
		return output_error("options", strerror(errno), NULL);

	status = main_parse(command, argc, argv, &config, options);
	if (status < 0) {
		output_setup(name, config.verbose || config.json, config.json);
		status = settings_parse(&settings, options, config.family);
		config.settings = &settings;
		if (!status)
			status = command->run(&config);
		settings_free(&settings);
	}
	free(options);
	return status;
}

static int main_dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return usage_error(NULL, "command missing");
	if (main_wants_help(argv[1])) {
		command_list(NULL);
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("ksock %s\n", ksock_version());
		return EXIT_SUCCESS;
	}

	command = command_find(argv[1], NULL);
	if (!command)
		return usage_error(argv[1], "unknown command");
	if (!command->verb) {
		if (argc > 2 && !strcmp(argv[2], "help"))
			argv[2] = "--help";
		return main_run(command, argc - 1, argv + 1);
	}

	if (argc < 3)
		return usage_error(argv[1], "command missing");
	if (main_wants_help(argv[2])) {
		command_list(argv[1]);
		return EXIT_SUCCESS;
	}
	command = command_find(argv[1], argv[2]);
	if (!command)
		return usage_error(argv[2], "unknown command");
	return main_run(command, argc - 2, argv + 2);
}

void restore_sigpipe(void)
{
	signal(SIGPIPE, main_sigpipe);
}

/* Else the device could become standard input. */
static bool main_open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

int main(int argc, char **argv)
{
	int status;

	if (!main_open_standard())
		return EXIT_FAILURE;
	main_sigpipe = signal(SIGPIPE, SIG_IGN);
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);

	status = main_dispatch(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "ksock: standard output cannot be written\n");
		return EXIT_FAILURE;
	}
	return status;
}
