// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of the tool and their options. One table of commands and one of
 * options say all there is; the parser and every help text are made from them.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>

#define COMMAND_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct command_option command_options[] = {
	{ .letter = '4', .name = "ipv4",
	  .help = "use IPv4 only" },
	{ .letter = '6', .name = "ipv6",
	  .help = "use IPv6 only" },
	{ .letter = 'k', .name = "keep-open",
	  .help = "go on with other peers after the first" },
	{ .letter = 'K', .name = "kern",
	  .help = "make sockets of the kernel's own" },
	{ .letter = 'v', .name = "verbose",
	  .help = "tell on standard error what happens" },
	{ .letter = 'j', .name = "json",
	  .help = "tell it in JSON" },
	{ .letter = 't', .name = "type", .arg = "TYPE",
	  .help = "tcp, udp, raw, icmp, mptcp or udplite" },
	{ .letter = 'o', .name = "option", .arg = "OPT=VALUE", .many = true,
	  .help = "set an option of the socket first" },
	{ .letter = 'w', .name = "wait", .arg = "SEC",
	  .help = "end after SEC seconds of silence" },
	{ .letter = 'c', .name = "connect-timeout", .arg = "SEC",
	  .help = "give up connecting after SEC seconds" },
	{ .letter = 'T', .name = "tcp-only",
	  .help = "take over the sockets of TCP only" },
	{ .letter = 'f', .name = "fallback",
	  .help = "use an ordinary socket where a ksock fails" },
	{ .letter = 'l', .name = "log", .arg = "FILE", .optional = true,
	  .help = "log each socket, without FILE on stderr" },
	{ .letter = 'h', .name = "help", .help = "print this text" },
};

static const struct command commands[] = {
	{
		"tcp", "listen", "46kKvjwoh", "[HOST:]PORT", "address", OPERANDS_ONE,
		"accept a connection and talk over it",
		"Copies standard input to the peer and the peer to standard\n"
		"output.  Without HOST it listens on every local IPv4 address,\n"
		"with -6 on every IPv6 address.\n",
		tcp_listen
	}, {
		"tcp", "connect", "46Kvjwcoh", "HOST:PORT", "address", OPERANDS_ONE,
		"connect to a listener and talk to it",
		"Copies standard input to the peer and the peer to standard\n"
		"output.  Every address of HOST is tried.\n",
		tcp_connect
	}, {
		"udp", "bind", "46kKvjwoh", "[HOST:]PORT", "address", OPERANDS_ONE,
		"receive datagrams and answer them",
		"Writes what the first peer sends to standard output, and\n"
		"sends standard input to it.  With -k, hears every peer and\n"
		"answers the last.\n",
		udp_bind
	}, {
		"udp", "send", "46Kvjwoh", "HOST:PORT", "address", OPERANDS_ONE,
		"send datagrams",
		"Sends standard input, one datagram for each read, and writes\n"
		"replies to standard output; with -w also those that come\n"
		"after the end of input.\n",
		udp_send
	}, {
		"echo", NULL, "46kKvjwoh", "[tcp:|udp:][HOST:]PORT", "address",
		OPERANDS_ONE,
		"answer peers with their own bytes",
		"Serves one TCP connection or answers one UDP datagram; with\n"
		"-k any number, connections all at once.\n",
		echo_serve
	}, {
		"opt", "list", "jh", NULL, NULL, OPERANDS_NONE,
		"list the options that sockets have",
		"Prints name, level and type of each, and whether it can be\n"
		"got and set.  With -j it is one array.\n",
		opt_list
	}, {
		"opt", "get", "46Kjth", "NAME...", "name", OPERANDS_MANY,
		"print options of a new socket",
		"Makes a socket and prints what its options are.  Without -t\n"
		"it is of the protocol that has the option, or else of TCP.\n",
		opt_get
	}, {
		"opt", "set", "46Kjth", "NAME=VALUE...", "name", OPERANDS_MANY,
		"set options of a new socket",
		"Makes a socket, sets its options and prints what the kernel\n"
		"made of each.  Without -t it is of the protocol that has the\n"
		"option, or else of TCP.\n",
		opt_set
	}, {
		"run", NULL, "Tflh", "PROGRAM [ARG]...", "program", OPERANDS_LINE,
		"run a program with its sockets on ksock",
		"Runs an unmodified program, and those it starts, with the\n"
		"sockets of IPv4 and IPv6 that they make being ksocks.  See\n"
		"ksock-run(1) for what cannot be run so.\n",
		run_program
	}, {
		"info", NULL, "jh", NULL, NULL, OPERANDS_NONE,
		"describe the device",
		"Prints the versions, features and limits of the device and\n"
		"of the library.\n",
		info_show
	},
};

const struct command_option *command_option(char letter)
{
	size_t i;

	for (i = 0; i < COMMAND_COUNT(command_options); i++) {
		if (command_options[i].letter == letter)
			return &command_options[i];
	}
	return NULL;
}

const struct command *command_find(const char *object, const char *verb)
{
	const struct command *command;
	size_t i;

	for (i = 0; i < COMMAND_COUNT(commands); i++) {
		command = &commands[i];
		if (strcmp(object, command->object))
			continue;
		if (!command->verb || !verb || !strcmp(verb, command->verb))
			return command;
	}
	return NULL;
}

void command_name(const struct command *command, char name[COMMAND_NAME_MAX])
{
	snprintf(name, COMMAND_NAME_MAX, "%s%s%s", command->object,
		 command->verb ? " " : "", command->verb ? command->verb : "");
}

void command_list(const char *object)
{
	char name[COMMAND_NAME_MAX];
	size_t i;

	printf("Usage: ksock %s%sCOMMAND [OPTION]... [ARGUMENT]...\n",
	       object ? object : "", object ? " " : "");
	printf("\nTalks over kernel sockets held through /dev/ksock.\n\n");

	for (i = 0; i < COMMAND_COUNT(commands); i++) {
		if (object && strcmp(object, commands[i].object))
			continue;
		command_name(&commands[i], name);
		printf("  %-13s%s\n", name, commands[i].summary);
	}
	if (!object)
		printf("  %-13s%s\n  %-13s%s\n", "help", "print this text",
		       "--version", "print the version");
	printf("\n'ksock COMMAND --help' lists the options.  See ksock(1).\n");
}

void command_help(const struct command *command)
{
	const struct command_option *option;
	char name[COMMAND_NAME_MAX];
	const char *letter;
	char arg[16];

	command_name(command, name);
	printf("Usage: ksock %s [-", name);
	for (letter = command->letters; *letter; letter++) {
		if (!command_option(*letter)->arg && *letter != 'h')
			printf("%c", *letter);
	}
	printf("]");
	for (letter = command->letters; *letter; letter++) {
		option = command_option(*letter);
		if (option->arg)
			printf(option->optional ? " [-%c[%s]]%s" :
						  " [-%c %s]%s",
			       *letter, option->arg,
			       option->many ? "..." : "");
	}
	printf("%s%s\n\n%s\n", command->operand ? " " : "",
	       command->operand ? command->operand : "", command->details);

	for (letter = command->letters; *letter; letter++) {
		option = command_option(*letter);
		arg[0] = '\0';
		if (option->arg)
			snprintf(arg, sizeof(arg),
				 option->optional ? "[=%s]" : " %s",
				 option->arg);
		printf("  -%c, --%s%-*s%s\n", *letter, option->name,
		       (int)(21 - strlen(option->name)), arg, option->help);
	}
	printf("\nSee ksock(1).\n");
}
