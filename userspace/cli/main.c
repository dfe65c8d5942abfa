// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock, the command-line tool: finds the command, reads its options, runs it.
 * One table of commands and one of options say all there is; the parser and
 * every help text are made from them.
 */
#include "cli.h"
#include "output.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAIN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Nobody waits for a day; poll(2) cannot wait for more than 24 of them. */
#define MAIN_SECONDS_MAX 86400

struct main_option {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
};

static const struct main_option main_options[] = {
	{ '4', "ipv4",      NULL,  "use IPv4 only" },
	{ '6', "ipv6",      NULL,  "use IPv6 only" },
	{ 'k', "keep-open", NULL,  "go on with other peers after the first" },
	{ 'v', "verbose",   NULL,  "tell on standard error what happens" },
	{ 'j', "json",      NULL,  "tell it in JSON, one object per line" },
	{ 'w', "wait",      "SEC", "end after SEC seconds of silence" },
	{ 'h', "help",      NULL,  "print this text" },
};

struct main_command {
	const char *object;
	const char *verb;
	const char *letters;
	const char *operand;
	const char *summary;
	const char *details;
	int (*run)(const struct config *config);
};

static const struct main_command main_commands[] = {
	{
		"tcp", "listen", "46kvjwh", "[HOST:]PORT",
		"accept a connection and talk over it",
		"Copies standard input to the peer and the peer to standard\n"
		"output.  Without HOST it listens on every local IPv4 address,\n"
		"with -6 on every IPv6 address.\n",
		tcp_listen
	}, {
		"tcp", "connect", "46vjwh", "HOST:PORT",
		"connect to a listener and talk to it",
		"Copies standard input to the peer and the peer to standard\n"
		"output.  Every address of HOST is tried.\n",
		tcp_connect
	}, {
		"udp", "bind", "46kvjwh", "[HOST:]PORT",
		"receive datagrams and answer them",
		"Writes what the first peer sends to standard output, and\n"
		"sends standard input to it.  With -k, hears every peer and\n"
		"answers the last.\n",
		udp_bind
	}, {
		"udp", "send", "46vjwh", "HOST:PORT",
		"send datagrams",
		"Sends standard input, one datagram for each read, and writes\n"
		"replies to standard output; with -w also those that come\n"
		"after the end of input.\n",
		udp_send
	}, {
		"echo", NULL, "46kvjwh", "[tcp:|udp:][HOST:]PORT",
		"answer peers with their own bytes",
		"Serves one TCP connection or answers one UDP datagram; with\n"
		"-k any number, connections all at once.\n",
		echo_serve
	}, {
		"info", NULL, "jh", NULL,
		"describe the device",
		"Prints the versions, features and limits of the device and\n"
		"of the library.\n",
		info_show
	},
};

static const struct main_command *main_command;

static const struct main_option *main_option(char letter)
{
	size_t i;

	for (i = 0; i < MAIN_COUNT(main_options); i++) {
		if (main_options[i].letter == letter)
			return &main_options[i];
	}
	return NULL;
}

static void main_name(const struct main_command *command, char *buf,
		      size_t size)
{
	snprintf(buf, size, "%s%s%s", command->object, command->verb ? " " : "",
		 command->verb ? command->verb : "");
}

int usage_error(const char *subject, const char *reason)
{
	char name[32] = "";

	if (main_command)
		main_name(main_command, name, sizeof(name));

	fprintf(stderr, "ksock: %s%s%s%s%s\n", name, name[0] ? ": " : "",
		subject ? subject : "", subject ? ": " : "", reason);
	fprintf(stderr, "Try 'ksock %s%s--help'.\n", name, name[0] ? " " : "");
	return EXIT_USAGE;
}

/* Lists the commands of @object, or all. */
static void main_help(const char *object)
{
	char name[32];
	size_t i;

	if (object)
		printf("Usage: ksock %s COMMAND [OPTION]... ADDRESS\n", object);
	else
		printf("Usage: ksock COMMAND [OPTION]... [ADDRESS]\n");
	printf("\nTalks over kernel sockets held through /dev/ksock.\n\n");

	for (i = 0; i < MAIN_COUNT(main_commands); i++) {
		if (object && strcmp(object, main_commands[i].object))
			continue;
		main_name(&main_commands[i], name, sizeof(name));
		printf("  %-13s%s\n", name, main_commands[i].summary);
	}
	if (!object)
		printf("  %-13s%s\n  %-13s%s\n", "help", "print this text",
		       "--version", "print the version");
	printf("\n'ksock COMMAND --help' lists the options.  See ksock(1).\n");
}

static void main_command_help(const struct main_command *command)
{
	const struct main_option *option;
	const char *letter;
	char name[32];

	main_name(command, name, sizeof(name));
	printf("Usage: ksock %s [-", name);
	for (letter = command->letters; *letter; letter++) {
		if (!main_option(*letter)->arg && *letter != 'h')
			printf("%c", *letter);
	}
	printf("]");
	for (letter = command->letters; *letter; letter++) {
		option = main_option(*letter);
		if (option->arg)
			printf(" [-%c %s]", *letter, option->arg);
	}
	printf("%s%s\n\n%s\n", command->operand ? " " : "",
	       command->operand ? command->operand : "", command->details);

	for (letter = command->letters; *letter; letter++) {
		option = main_option(*letter);
		printf("  -%c, --%s%s%-*s%s\n", *letter, option->name,
		       option->arg ? " " : "",
		       (int)(14 - strlen(option->name) - !!option->arg),
		       option->arg ? option->arg : "", option->help);
	}
	printf("\nSee ksock(1).\n");
}

/* The tables that getopt_long() wants, for the options of @command. */
static void main_getopt_tables(const struct main_command *command,
			       char *letters, struct option *names)
{
	const struct main_option *option;
	const char *letter;

	*letters++ = ':';
	for (letter = command->letters; *letter; letter++) {
		option = main_option(*letter);
		*letters++ = *letter;
		if (option->arg)
			*letters++ = ':';
		*names++ = (struct option){
			.name = option->name,
			.has_arg = option->arg ? required_argument :
						 no_argument,
			.val = *letter,
		};
	}
	*letters = '\0';
	*names = (struct option){ 0 };
}

static bool main_seconds(const char *text, int *ms)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (end == text || *end || !(seconds >= 0.001 && seconds <= MAIN_SECONDS_MAX))
		return false;

	*ms = seconds * 1000;
	return true;
}

/* A short option may stand in the middle of an argument. */
static int main_option_error(char **argv, const char *reason)
{
	char option[] = { '-', optopt, '\0' };

	return usage_error(optopt ? option : argv[optind - 1], reason);
}

/* Returns -1 to go on, or the exit status. */
static int main_parse(const struct main_command *command, int argc,
		      char **argv, struct config *config)
{
	struct option names[MAIN_COUNT(main_options) + 1];
	char letters[2 * MAIN_COUNT(main_options) + 2];
	int letter;

	main_getopt_tables(command, letters, names);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		switch (letter) {
		case '4':
			config->family = AF_INET;
			break;
		case '6':
			config->family = AF_INET6;
			break;
		case 'k':
			config->keep = true;
			break;
		case 'v':
			config->verbose = true;
			break;
		case 'j':
			config->json = true;
			break;
		case 'w':
			if (!main_seconds(optarg, &config->timeout_ms))
				return usage_error(optarg,
						   "not a number of seconds");
			break;
		case 'h':
			main_command_help(command);
			return EXIT_SUCCESS;
		case ':':
			return main_option_error(argv, "needs an argument");
		default:
			return main_option_error(argv,
						 optopt && main_option(optopt) ?
						 "not an option here" :
						 "unknown option");
		}
	}

	if (command->operand) {
		if (optind == argc)
			return usage_error(NULL, "address missing");
		config->target = argv[optind++];
	}
	if (optind < argc)
		return usage_error(argv[optind], "one argument too many");
	return -1;
}

static bool main_wants_help(const char *word)
{
	return word && (!strcmp(word, "help") || !strcmp(word, "--help") ||
			!strcmp(word, "-h"));
}

static const struct main_command *main_find(const char *object,
					    const char *verb)
{
	const struct main_command *command;
	size_t i;

	for (i = 0; i < MAIN_COUNT(main_commands); i++) {
		command = &main_commands[i];
		if (strcmp(object, command->object))
			continue;
		if (!command->verb || !verb || !strcmp(verb, command->verb))
			return command;
	}
	return NULL;
}

static int main_run(const struct main_command *command, int argc, char **argv)
{
	struct config config = {
		.family = AF_UNSPEC,
		.timeout_ms = -1,
	};
	char name[32];
	int status;

	main_command = command;
	main_name(command, name, sizeof(name));

	status = main_parse(command, argc, argv, &config);
	if (status >= 0)
		return status;

	output_setup(name, config.verbose || config.json, config.json);
	return command->run(&config);
}

static int main_dispatch(int argc, char **argv)
{
	const struct main_command *command;

	if (argc < 2)
		return usage_error(NULL, "command missing");
	if (main_wants_help(argv[1])) {
		main_help(NULL);
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("ksock %s\n", ksock_version());
		return EXIT_SUCCESS;
	}

	command = main_find(argv[1], NULL);
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
		main_help(argv[1]);
		return EXIT_SUCCESS;
	}
	command = main_find(argv[1], argv[2]);
	if (!command)
		return usage_error(argv[2], "unknown command");
	return main_run(command, argc - 2, argv + 2);
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
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);

	status = main_dispatch(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "ksock: standard output cannot be written\n");
		return EXIT_FAILURE;
	}
	return status;
}
