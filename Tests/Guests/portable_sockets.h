/* portable.h for sockets of every kind. A system's half defines:
 *
 *   os_address            an address; made by os_inet4(port), os_inet6(port) (loopback), os_unix(name), os_nowhere();
 *                         os_port(&address) and os_path(&address) read it
 *   INET4 INET6 LOCAL     families; STREAM DATAGRAM types; DONT_WAIT PEEK WAIT_ALL flags of receiving and sending
 *   os_socket os_bind os_listen_on os_connect_to os_accept_from os_local os_peer os_socketpair_of
 *   os_send os_send_to os_receive os_receive_from (the last four take whole buffers) os_send_parts os_send_file
 *   os_set_flag os_get_flag os_set_size os_get_size os_set_time (nanoseconds) with option_*
 *   os_join4 os_leave4 os_join6 os_leave6 (the last octet of 224.0.0.x or ff02::x, on the loopback interface)
 *
 * A name of a Unix-domain socket is one in the first granted directory, or natively in the working directory. */
#ifndef PORTABLE_SOCKETS_H
#define PORTABLE_SOCKETS_H

#include "portable.h"

#ifdef __wasm__
#include "portable_sockets_wasix.h"
#else
#include "portable_sockets_linux.h"
#endif

/* An address as transcripts show it: no port of the system's choice, no directory. */
typedef struct {
    char text[128];
} address_text;

static address_text text_of(const os_address *address) {
    address_text result;
    /* Linux tells of a sender without a name by telling nothing. */
    const char *text = "unnamed";
    switch (os_family(address)) {
    case INET4: text = os_port(address) != 0 ? "inet4:port" : "inet4:0"; break;
    case INET6: text = os_port(address) != 0 ? "inet6:port" : "inet6:0"; break;
    case LOCAL: text = os_path(address)[0] != 0 ? os_path(address) : "unnamed"; break;
    }
    size_t length = strlen(text);
    if (length >= sizeof result.text) length = sizeof result.text - 1;
    memcpy(result.text, text, length);
    result.text[length] = 0;
    return result;
}

#endif
