/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of the tool and their options: the two tables that say all
 * there is, and the help texts made of them.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "cli.h"

/**
 * struct command_option - an option of the command line
 * @letter: its short form
 * @name: its long form
 * @arg: what its argument is called, or NULL without one
 * @many: it may be given more than once
 * @optional: its argument may be left out, and is part of the same word
 * @help: what it does
 */
struct command_option {
	char letter;
	const char *name;
	const char *arg;
	bool many;
	bool optional;
	const char *help;
};

/* Letters of all options. */
#define COMMAND_LETTERS "46kKvjtowcTflh"

/**
 * enum operands - the operands of a command
 * @OPERANDS_NONE: it takes none
 * @OPERANDS_ONE: it takes one
 * @OPERANDS_MANY: it takes one or more
 * @OPERANDS_LINE: they are a command line of their own, so what looks like an
 *	option among them is none
 */
enum operands {
	OPERANDS_NONE,
	OPERANDS_ONE,
	OPERANDS_MANY,
	OPERANDS_LINE,
};

/**
 * struct command - a command
 * @object: its first word
 * @verb: its second word, or NULL
 * @letters: letters of its options
 * @operand: what follows them, or NULL for nothing
 * @operand_name: the same in a word, to be said when it is missing
 * @operands: how many of them there are
 * @summary: what it does, for a list
 * @details: what it does, for its own help text
 * @run: does it
 */
struct command {
	const char *object;
	const char *verb;
	const char *letters;
	const char *operand;
	const char *operand_name;
	enum operands operands;
	const char *summary;
	const char *details;
	int (*run)(const struct config *config);
};

/* Room that is enough for the name of a command. */
#define COMMAND_NAME_MAX 32

/** command_find() - command of these words, any of its object without a verb */
const struct command *command_find(const char *object, const char *verb);

/** command_option() - option of this letter, or NULL */
const struct command_option *command_option(char letter);

/** command_name() - the words of a command */
void command_name(const struct command *command, char name[COMMAND_NAME_MAX]);

/** command_list() - print the commands of an object, or all */
void command_list(const char *object);

/** command_help() - print how to use a command */
void command_help(const struct command *command);

#endif /* COMMAND_H */
