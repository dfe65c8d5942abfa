/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tool says, as text or as JSON, from one structure each.
 *
 * Standard output belongs to the data of a conversation; events and errors go
 * to standard error, one line each.  What was asked for goes to standard output.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <ksock.h>

/**
 * struct output_sock - a socket as last seen
 * @protocol: "tcp" or "udp"
 * @state: as ss(8) names it in a filter
 * @local: its address
 * @peer: the peer's address, empty without one; kept once it is known
 * @uid: its owner
 * @inode: its inode number
 * @cookie: its cookie
 * @netns: inode number of its network namespace
 * @sent_ops: sends that succeeded
 * @sent_bytes: bytes they took
 * @received_ops: receives that succeeded
 * @received_bytes: bytes they returned
 */
struct output_sock {
	const char *protocol;
	const char *state;
	char local[KSOCK_ADDR_STRLEN];
	char peer[KSOCK_ADDR_STRLEN];
	uid_t uid;
	unsigned long long inode;
	unsigned long long cookie;
	unsigned long long netns;
	unsigned long long sent_ops;
	unsigned long long sent_bytes;
	unsigned long long received_ops;
	unsigned long long received_bytes;
};

/**
 * struct output_device - the device and the library
 * @library: version of the library
 * @revision: revision of the kernel interface
 * @features: feature bits
 * @netns: inode number of the network namespace
 * @relaxed: whether an open device is right enough
 * @max_sockets: sockets that one user may own, 0 for any number
 * @sockets: sockets that the user owns
 */
struct output_device {
	const char *library;
	unsigned int revision;
	unsigned long long features;
	unsigned long long netns;
	bool relaxed;
	unsigned int max_sockets;
	unsigned int sockets;
};

/**
 * output_setup() - say once how to speak
 * @command: name of the command, for errors
 * @events: whether to print events
 * @json: whether to print JSON
 */
void output_setup(const char *command, bool events, bool json);

/**
 * output_event() - print what happened to a socket, when that is wanted
 * @event: "listening", "bound", "connected" or "closed"
 * @view: what was last seen of the socket, brought up to date
 * @sock: the socket
 */
void output_event(const char *event, struct output_sock *view,
		  struct ksock_sock *sock);

/**
 * output_error() - print an error
 * @subject: what the command was working on: an address, a file
 * @reason: what went wrong
 * @hint: what to do about it, or NULL
 *
 * Return: EXIT_FAILURE.
 */
int output_error(const char *subject, const char *reason, const char *hint);

/**
 * output_opts() - print all options there are on standard output
 *
 * In JSON it is one array.
 */
void output_opts(void);

/**
 * output_opt() - print an option and its value on standard output
 * @name: what to call it
 * @opt: option
 * @value: its value
 * @len: length of that in bytes
 *
 * Return: EXIT_SUCCESS, or EXIT_FAILURE after reporting what went wrong.
 */
int output_opt(const char *name, const struct ksock_opt *opt,
	       const void *value, socklen_t len);

/**
 * output_device() - print the description of the device on standard output
 * @device: the description
 */
void output_device(const struct output_device *device);

#endif /* OUTPUT_H */
