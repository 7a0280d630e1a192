package org.bittern.web.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Configuration of the door, PID {@value #PID}. Without one there is no server. Every change acts
 * at once; a change of port, address or key store moves the server, and what is open is closed.
 */
@ObjectClassDefinition(name = "Bittern web server")
@interface WebConfig {
    /** Of ConfigAdmin. */
    String PID = "org.bittern.web";

    /** No port. */
    int NOWHERE = -1;

    @AttributeDefinition(
            description =
                    "Addresses to listen on. The first must be free, the others are taken if they"
                            + " can be.")
    String[] bind_addresses() default {"127.0.0.1", "::1"};

    @AttributeDefinition(
            description = "TCP port, 0 for any free one. Nothing listens before it is named.")
    int port() default NOWHERE;

    @AttributeDefinition(
            description =
                    "Whether anybody is let in. If not, the server listens, and whoever comes waits"
                            + " until it is: for a start, while the engine is on its way. What was"
                            + " open stays open.")
    boolean open() default true;

    @AttributeDefinition(
            description =
                    "TCP port of its own for media: then they are served there and nowhere else,"
                            + " and nothing else is. 0: they share the other port.")
    int stream_port() default 0;

    @AttributeDefinition(
            description =
                    "Only the token opens anything but pages; then only loopback addresses may be"
                            + " listened on.")
    boolean strict() default false;

    @AttributeDefinition(
            description = "The token, if the launcher chose one; else a new one at each start.")
    String _token() default "";

    @AttributeDefinition(
            description =
                    "File that tells port, token and pid to programs of the same user while the"
                            + " server listens; empty: none.")
    String connection_file() default "";

    @AttributeDefinition(description = "Ask for user name and password (Basic).")
    boolean authentication_required() default false;

    @AttributeDefinition(description = "User name.")
    String username() default "";

    @AttributeDefinition(
            description = "Password in clear, or '{' and Transmission's salted SHA-1 of it.")
    String _password() default "";

    @AttributeDefinition(description = "Only addresses of the list may call.")
    boolean whitelist_enabled() default true;

    @AttributeDefinition(description = "Addresses with '*' as wildcard, separated by commas.")
    String whitelist() default "127.0.0.1,::1";

    @AttributeDefinition(description = "Only host names of the list and local ones are answered.")
    boolean host_whitelist_enabled() default true;

    @AttributeDefinition(description = "Host names with '*' as wildcard, separated by commas.")
    String host_whitelist() default "";

    @AttributeDefinition(
            description =
                    "Origins of pages that may call from elsewhere, such as https://ui.example.")
    String[] trusted_origins() default {};

    @AttributeDefinition(description = "Shut addresses out after too many wrong passwords.")
    boolean anti_brute_force_enabled() default false;

    @AttributeDefinition(description = "How many wrong passwords are too many (at least 1).")
    int anti_brute_force_threshold() default 100;

    @AttributeDefinition(
            description =
                    "Value of X-Transmission-Rpc-Version beside a session id; empty: no header.")
    String rpc_semver() default "";

    @AttributeDefinition(description = "PKCS12 or JKS file: HTTPS instead of HTTP.")
    String key_store() default "";

    @AttributeDefinition(description = "Password of the key store.")
    String _key_store_password() default "";

    @AttributeDefinition(description = "Seconds of silence before a connection is closed (1-3600).")
    int idle_timeout_seconds() default 30;

    @AttributeDefinition(
            description =
                    "Seconds within which request line and headers must be there, however their"
                            + " bytes come (1-3600).")
    int head_timeout_seconds() default 20;

    @AttributeDefinition(
            description =
                    "Mebibytes that a body may have, whatever the interface (1-256). 0: what each"
                            + " says itself, which is 10, and 32 where torrent files are sent.")
    int body_limit_mebibytes() default 0;
}
