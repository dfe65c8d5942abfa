// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything the tool prints, except the data of a conversation and its help
 * texts.  Each thing has one structure, gathered once and written as text or
 * as one JSON object per line.  How values become JSON is in output_json.c.
 */
#include "output.h"
#include "cli.h"
#include "output_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* More than any kernel's struct tcp_info has. */
#define OUTPUT_TCP_INFO_MAX 1024

/* Longest text of a value, and of bytes as many as there may be. */
#define OUTPUT_TEXT_MAX 16384

static struct {
	const char *command;
	bool events;
	bool json;
} output;

/* By number, as TCP_INFO and ss(8) know them. */
static const char *const output_states[] = {
	"unknown",
	"established",
	"syn-sent",
	"syn-recv",
	"fin-wait-1",
	"fin-wait-2",
	"time-wait",
	"closed",
	"close-wait",
	"last-ack",
	"listening",
	"closing",
};

/* By bit, see ksock(4). */
static const char *const output_features[] = {
	"user",
	"msg",
	"timeout",
	"opt",
	"abort",
	"batch",
	"kern",
};

#define OUTPUT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

void output_setup(const char *command, bool events, bool json)
{
	output.command = command;
	output.events = events;
	output.json = json;

	/* The keys are the tool's own and need no protection by chance. */
	json_object_seed(1);
}

static void output_refresh(struct output_sock *view, struct ksock_sock *sock)
{
	struct ksock_sock_info *info;
	struct ksock_addr addr;
	size_t state;
	bool stream;

	if (!ksock_getsockname(sock, &addr))
		ksock_addr_format(&addr, view->local, sizeof(view->local));
	if (!ksock_getpeername(sock, &addr))
		ksock_addr_format(&addr, view->peer, sizeof(view->peer));

	view->protocol = "unknown";
	view->state = output_states[0];
	info = ksock_sock_get_info(sock);
	if (!info)
		return;

	stream = ksock_sock_info_get_type(info) == SOCK_STREAM;
	state = ksock_sock_info_get_state(info);
	if (state < OUTPUT_COUNT(output_states))
		view->state = output_states[state];
	if (!stream && !strcmp(view->state, "closed"))
		view->state = "unconnected";

	view->protocol = stream ? "tcp" : "udp";
	view->uid = ksock_sock_info_get_uid(info);
	view->inode = ksock_sock_info_get_inode(info);
	view->cookie = ksock_sock_info_get_cookie(info);
	view->netns = ksock_sock_info_get_netns(info);
	view->sent_ops = ksock_sock_info_get_sent_ops(info);
	view->sent_bytes = ksock_sock_info_get_sent_bytes(info);
	view->received_ops = ksock_sock_info_get_received_ops(info);
	view->received_bytes = ksock_sock_info_get_received_bytes(info);
	ksock_sock_info_free(info);
}

/* What is worth a word of how a connection fared. */
struct output_tcp {
	uint64_t rtt;
	uint64_t retrans;
};

static int output_tcp_field(void *arg, const struct ksock_field *field)
{
	struct output_tcp *tcp = arg;

	if (!strcmp(field->name, "rtt"))
		tcp->rtt = field->u;
	if (!strcmp(field->name, "total_retrans"))
		tcp->retrans = field->u;
	return 0;
}

/* Returns the option, or NULL when the socket is not of TCP. */
static const struct ksock_opt *output_tcp_info(struct ksock_sock *sock,
					       void *info, socklen_t *len)
{
	*len = OUTPUT_TCP_INFO_MAX;
	if (ksock_sock_get_tcp_info(sock, info, len) || !*len)
		return NULL;
	return ksock_opt_find("TCP_INFO", AF_UNSPEC);
}

static void output_closed_text(const struct output_sock *view,
			       struct ksock_sock *sock)
{
	char info[OUTPUT_TCP_INFO_MAX];
	struct output_tcp tcp = { 0 };
	const struct ksock_opt *opt;
	socklen_t len;

	fprintf(stderr, ", sent %llu bytes in %llu calls, "
		"received %llu bytes in %llu calls", view->sent_bytes,
		view->sent_ops, view->received_bytes, view->received_ops);

	opt = output_tcp_info(sock, info, &len);
	if (!opt)
		return;
	ksock_opt_fields(opt, info, len, output_tcp_field, &tcp);
	fprintf(stderr, ", rtt %" PRIu64 ".%03" PRIu64 " ms, retransmitted %"
		PRIu64 " segments", tcp.rtt / 1000, tcp.rtt % 1000,
		tcp.retrans);
}

static void output_event_text(const char *event, const struct output_sock *view,
			      struct ksock_sock *sock)
{
	fprintf(stderr, "ksock: %s: %s %s%s%s, inode %llu, %s", event,
		view->protocol, view->local, view->peer[0] ? " -> " : "",
		view->peer, view->inode, view->state);
	if (!strcmp(event, "closed"))
		output_closed_text(view, sock);
	fprintf(stderr, "\n");
}

static void output_closed_json(json_t *object, struct ksock_sock *sock)
{
	char info[OUTPUT_TCP_INFO_MAX];
	const struct ksock_opt *opt;
	socklen_t len;

	opt = output_tcp_info(sock, info, &len);
	if (opt)
		json_object_set_new(object, "tcp_info",
				    output_json_value(opt, info, len));
}

static void output_event_json(const char *event, const struct output_sock *view,
			      struct ksock_sock *sock)
{
	json_t *object;

	object = json_pack("{ss ss ss ss sI sI sI sI sI sI sI sI}",
			   "event", event,
			   "protocol", view->protocol,
			   "local", view->local,
			   "state", view->state,
			   "uid", (json_int_t)view->uid,
			   "inode", (json_int_t)view->inode,
			   "cookie", (json_int_t)view->cookie,
			   "netns", (json_int_t)view->netns,
			   "sent_ops", (json_int_t)view->sent_ops,
			   "sent_bytes", (json_int_t)view->sent_bytes,
			   "received_ops", (json_int_t)view->received_ops,
			   "received_bytes", (json_int_t)view->received_bytes);
	if (object && view->peer[0])
		json_object_set_new(object, "peer", json_string(view->peer));
	if (object && !strcmp(event, "closed"))
		output_closed_json(object, sock);
	output_json(stderr, object);
}

void output_event(const char *event, struct output_sock *view,
		  struct ksock_sock *sock)
{
	if (!output.events)
		return;

	output_refresh(view, sock);
	if (output.json)
		output_event_json(event, view, sock);
	else
		output_event_text(event, view, sock);
}

int output_error(const char *subject, const char *reason, const char *hint)
{
	json_t *object;

	if (output.json) {
		object = json_pack("{ss ss so ss}",
				   "event", "error",
				   "command", output.command,
				   "subject", output_json_string(subject),
				   "reason", reason);
		if (object && hint)
			json_object_set_new(object, "hint", json_string(hint));
		output_json(stderr, object);
	} else {
		fprintf(stderr, "ksock: %s: %s: %s%s%s%s\n", output.command,
			subject, reason, hint ? " (" : "", hint ? hint : "",
			hint ? ")" : "");
	}
	return EXIT_FAILURE;
}

static void output_opts_text(void)
{
	const struct ksock_opt *opt = NULL;
	bool get, set;

	while ((opt = ksock_opt_next(opt)) != NULL) {
		get = ksock_opt_is_readable(opt);
		set = ksock_opt_is_writable(opt);
		printf("%-26s %-11s %-13s %s%s%s\n", ksock_opt_get_name(opt),
		       ksock_opt_get_level_name(opt),
		       ksock_opt_get_type_name(opt), get ? "get" : "",
		       get && set ? "," : "", set ? "set" : "");
	}
}

static void output_opts_json(void)
{
	const struct ksock_opt *opt = NULL;
	json_t *list = json_array();

	while ((opt = ksock_opt_next(opt)) != NULL)
		json_array_append_new(list, output_json_opt(opt));
	output_json(stdout, list);
}

void output_opts(void)
{
	if (output.json)
		output_opts_json();
	else
		output_opts_text();
}

int output_opt(const char *name, const struct ksock_opt *opt,
	       const void *value, socklen_t len)
{
	static char text[OUTPUT_TEXT_MAX];
	json_t *object;

	if (output.json) {
		object = json_pack("{ss ss ss so}",
				   "name", name,
				   "level", ksock_opt_get_level_name(opt),
				   "type", ksock_opt_get_type_name(opt),
				   "value", output_json_value(opt, value, len));
		output_json(stdout, object);
		return EXIT_SUCCESS;
	}

	if (ksock_opt_format(opt, value, len, text, sizeof(text)))
		return output_error(name, strerror(errno), NULL);
	printf("%s=%s\n", name, text);
	return EXIT_SUCCESS;
}

static json_t *output_feature_list(unsigned long long features)
{
	json_t *list = json_array();
	const char *name;
	char number[24];
	unsigned int i;

	for (i = 0; i < 64; i++) {
		if (!(features & (1ULL << i)))
			continue;
		snprintf(number, sizeof(number), "bit%u", i);
		name = i < OUTPUT_COUNT(output_features) ?
		       output_features[i] : number;
		json_array_append_new(list, json_string(name));
	}
	return list;
}

static void output_device_text(const struct output_device *device)
{
	json_t *features, *feature;
	size_t i;

	printf("library      %s\n", device->library);
	printf("revision     %u\n", device->revision);

	printf("features    ");
	features = output_feature_list(device->features);
	json_array_foreach(features, i, feature)
		printf(" %s", json_string_value(feature));
	printf("\n");
	json_decref(features);

	printf("netns        %llu\n", device->netns);
	printf("relaxed      %s\n", device->relaxed ? "yes" : "no");
	printf("sockets      %u\n", device->sockets);
	if (device->max_sockets)
		printf("max sockets  %u\n", device->max_sockets);
	else
		printf("max sockets  unlimited\n");
}

static void output_device_json(const struct output_device *device)
{
	json_t *object;

	object = json_pack("{ss sI so sI sb sI sI}",
			   "library", device->library,
			   "revision", (json_int_t)device->revision,
			   "features", output_feature_list(device->features),
			   "netns", (json_int_t)device->netns,
			   "relaxed", device->relaxed,
			   "sockets", (json_int_t)device->sockets,
			   "max_sockets", (json_int_t)device->max_sockets);
	output_json(stdout, object);
}

void output_device(const struct output_device *device)
{
	if (output.json)
		output_device_json(device);
	else
		output_device_text(device);
}
