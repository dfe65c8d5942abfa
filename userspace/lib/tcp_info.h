/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The fields of struct tcp_info.  It grows at its end from kernel to kernel, so
 * it is written down here as far as it is known, whatever headers the library
 * is built with; how much of it a value has, its length tells.
 */
#ifndef KSOCK_TCP_INFO_H
#define KSOCK_TCP_INFO_H

#include "value.h"

#include <linux/tcp.h>

#define TCP_INFO_SIZE 280

#define TCP_INFO_FIELD(_name, _offset, _size)				\
	{ #_name, VALUE_UINT, 0, 0, _offset, _size }

/* The first bit field of some bytes is the lowest, or else the highest. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define TCP_INFO_LOWEST_FIRST 1
#else
#define TCP_INFO_LOWEST_FIRST 0
#endif

#define TCP_INFO_BITS(_name, _offset, _size, _before, _bits)		\
	{ #_name, VALUE_UINT, TCP_INFO_LOWEST_FIRST ? (_before) :	\
	  8 * (_size) - (_before) - (_bits), _bits, _offset, _size }

/* By name, offset and length, and the place of those that are bit fields. */
static const struct value_field tcp_info_fields[] = {
	TCP_INFO_FIELD(state, 0, 1),
	TCP_INFO_FIELD(ca_state, 1, 1),
	TCP_INFO_FIELD(retransmits, 2, 1),
	TCP_INFO_FIELD(probes, 3, 1),
	TCP_INFO_FIELD(backoff, 4, 1),
	TCP_INFO_FIELD(options, 5, 1),
	TCP_INFO_BITS(snd_wscale, 6, 1, 0, 4),
	TCP_INFO_BITS(rcv_wscale, 6, 1, 4, 4),
	TCP_INFO_BITS(delivery_rate_app_limited, 7, 1, 0, 1),
	TCP_INFO_BITS(fastopen_client_fail, 7, 1, 1, 2),
	TCP_INFO_FIELD(rto, 8, 4),
	TCP_INFO_FIELD(ato, 12, 4),
	TCP_INFO_FIELD(snd_mss, 16, 4),
	TCP_INFO_FIELD(rcv_mss, 20, 4),
	TCP_INFO_FIELD(unacked, 24, 4),
	TCP_INFO_FIELD(sacked, 28, 4),
	TCP_INFO_FIELD(lost, 32, 4),
	TCP_INFO_FIELD(retrans, 36, 4),
	TCP_INFO_FIELD(fackets, 40, 4),
	TCP_INFO_FIELD(last_data_sent, 44, 4),
	TCP_INFO_FIELD(last_ack_sent, 48, 4),
	TCP_INFO_FIELD(last_data_recv, 52, 4),
	TCP_INFO_FIELD(last_ack_recv, 56, 4),
	TCP_INFO_FIELD(pmtu, 60, 4),
	TCP_INFO_FIELD(rcv_ssthresh, 64, 4),
	TCP_INFO_FIELD(rtt, 68, 4),
	TCP_INFO_FIELD(rttvar, 72, 4),
	TCP_INFO_FIELD(snd_ssthresh, 76, 4),
	TCP_INFO_FIELD(snd_cwnd, 80, 4),
	TCP_INFO_FIELD(advmss, 84, 4),
	TCP_INFO_FIELD(reordering, 88, 4),
	TCP_INFO_FIELD(rcv_rtt, 92, 4),
	TCP_INFO_FIELD(rcv_space, 96, 4),
	TCP_INFO_FIELD(total_retrans, 100, 4),
	TCP_INFO_FIELD(pacing_rate, 104, 8),
	TCP_INFO_FIELD(max_pacing_rate, 112, 8),
	TCP_INFO_FIELD(bytes_acked, 120, 8),
	TCP_INFO_FIELD(bytes_received, 128, 8),
	TCP_INFO_FIELD(segs_out, 136, 4),
	TCP_INFO_FIELD(segs_in, 140, 4),
	TCP_INFO_FIELD(notsent_bytes, 144, 4),
	TCP_INFO_FIELD(min_rtt, 148, 4),
	TCP_INFO_FIELD(data_segs_in, 152, 4),
	TCP_INFO_FIELD(data_segs_out, 156, 4),
	TCP_INFO_FIELD(delivery_rate, 160, 8),
	TCP_INFO_FIELD(busy_time, 168, 8),
	TCP_INFO_FIELD(rwnd_limited, 176, 8),
	TCP_INFO_FIELD(sndbuf_limited, 184, 8),
	TCP_INFO_FIELD(delivered, 192, 4),
	TCP_INFO_FIELD(delivered_ce, 196, 4),
	TCP_INFO_FIELD(bytes_sent, 200, 8),
	TCP_INFO_FIELD(bytes_retrans, 208, 8),
	TCP_INFO_FIELD(dsack_dups, 216, 4),
	TCP_INFO_FIELD(reord_seen, 220, 4),
	TCP_INFO_FIELD(rcv_ooopack, 224, 4),
	TCP_INFO_FIELD(snd_wnd, 228, 4),
	TCP_INFO_FIELD(rcv_wnd, 232, 4),
	TCP_INFO_FIELD(rehash, 236, 4),
	TCP_INFO_FIELD(total_rto, 240, 2),
	TCP_INFO_FIELD(total_rto_recoveries, 242, 2),
	TCP_INFO_FIELD(total_rto_time, 244, 4),
	TCP_INFO_FIELD(received_ce, 248, 4),
	TCP_INFO_FIELD(delivered_e1_bytes, 252, 4),
	TCP_INFO_FIELD(delivered_e0_bytes, 256, 4),
	TCP_INFO_FIELD(delivered_ce_bytes, 260, 4),
	TCP_INFO_FIELD(received_e1_bytes, 264, 4),
	TCP_INFO_FIELD(received_e0_bytes, 268, 4),
	TCP_INFO_FIELD(received_ce_bytes, 272, 4),
	TCP_INFO_BITS(ecn_mode, 276, 4, 0, 2),
	TCP_INFO_BITS(accecn_opt_seen, 276, 4, 2, 2),
	TCP_INFO_BITS(accecn_fail_mode, 276, 4, 4, 4),
	TCP_INFO_BITS(options2, 276, 4, 8, 24),
};

static const struct value_layout tcp_info_layout = {
	tcp_info_fields, VALUE_COUNT(tcp_info_fields), 1, 0, TCP_INFO_SIZE
};

static_assert(offsetof(struct tcp_info, tcpi_rto) == 8 &&
	      offsetof(struct tcp_info, tcpi_pacing_rate) == 104 &&
	      offsetof(struct tcp_info, tcpi_snd_wnd) == 228,
	      "the fields are where the structure has them");

#endif /* KSOCK_TCP_INFO_H */
