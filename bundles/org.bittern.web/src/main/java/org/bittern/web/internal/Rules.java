package org.bittern.web.internal;

import java.util.Optional;
import java.util.Set;

/**
 * The configured part of the door's judgement. Immutable; replaced as a whole.
 *
 * @param credentials empty: no password is asked for
 * @param origins trusted beside our own
 * @param bruteForceLimit wrong passwords before an address is shut out; 0: no such limit
 * @param rpcSemver of Transmission's protocol, told beside the session id; empty: not told
 */
record Rules(
        boolean strict,
        Optional<Credentials> credentials,
        Addresses addresses,
        HostNames hosts,
        Set<String> origins,
        int bruteForceLimit,
        String rpcSemver) {

    static Rules of(WebConfig config) {
        return new Rules(
                config.strict(),
                config.authentication_required()
                        ? Optional.of(new Credentials(config.username(), config._password()))
                        : Optional.empty(),
                new Addresses(config.whitelist_enabled(), config.whitelist()),
                new HostNames(config.host_whitelist_enabled(), config.host_whitelist()),
                Set.of(config.trusted_origins()),
                config.anti_brute_force_enabled()
                        ? Math.max(1, config.anti_brute_force_threshold())
                        : 0,
                config.rpc_semver());
    }
}
