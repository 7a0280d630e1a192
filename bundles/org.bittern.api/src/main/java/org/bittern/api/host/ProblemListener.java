package org.bittern.api.host;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told what went wrong beside the engine, such as a file that cannot be added: a service of
 * those who show it to people. Thread-safe.
 */
@ConsumerType
public interface ProblemListener {
    /**
     * Something went wrong. Returns at once.
     *
     * @param message one line for a person, without secrets
     */
    void problem(String message);
}
