/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device, as the preloaded library uses it: what makes a ksock, and what
 * tells one from other descriptors.
 */
#ifndef PRELOAD_DEVICE_H
#define PRELOAD_DEVICE_H

#include <linux/ksock.h>
#include <stdbool.h>
#include <stdint.h>

/** device_hold() - open the device, if that can be done, and keep it open */
void device_hold(void);

/**
 * device_socket() - make a ksock in the network namespace of the thread
 * @family: AF_INET or AF_INET6
 * @type: as for socket(2)
 * @protocol: as for socket(2)
 *
 * Return: its descriptor, the lowest one free; or -1 with errno, be it of the
 * device or of the socket.
 */
int device_socket(int family, int type, int protocol);

/**
 * device_is_near() - whether a network namespace is the thread's
 * @netns: as the device tells it
 *
 * Return: whether it is, or that cannot be told.
 */
bool device_is_near(uint64_t netns);

/**
 * device_describe() - ask a descriptor whether it is a ksock
 * @fd: descriptor
 * @info: filled when it is
 *
 * Return: whether it is.  errno is left alone.
 */
bool device_describe(int fd, struct ksock_socket_info *info);

#endif /* PRELOAD_DEVICE_H */
