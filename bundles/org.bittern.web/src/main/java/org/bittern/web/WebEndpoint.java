package org.bittern.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * Stands on the component class of a servlet beside its whiteboard pattern. The values become
 * service properties {@code bittern.web.*}; a servlet that is registered by hand sets those.
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface WebEndpoint {
    /** Prefix of the service properties. */
    String PREFIX_ = "bittern.web.";

    /** Service property with the name of a {@link Policy}. Required. */
    String POLICY = "bittern.web.policy";

    /** Service property, see {@link #body_limit}. */
    String BODY_LIMIT = "bittern.web.body.limit";

    /** Service property, see {@link #refusal_type}. */
    String REFUSAL_TYPE = "bittern.web.refusal.type";

    /** Service property, see {@link #refusal_body}. */
    String REFUSAL_BODY = "bittern.web.refusal.body";

    /** Bytes that a body may have unless an endpoint says otherwise. */
    long DEFAULT_BODY_LIMIT = 10L << 20;

    Policy policy();

    /** Bytes that a body may have; more is answered with 413 while it is still being sent. */
    long body_limit() default DEFAULT_BODY_LIMIT;

    /** Content type of the door's refusals. */
    String refusal_type() default "text/plain; charset=UTF-8";

    /**
     * Body of the door's refusals: {@code {status}}, {@code {code}} (a word such as {@code
     * Unauthorized}) and {@code {message}} are filled in, escaped as the content type needs it.
     */
    String refusal_body() default "{status} {code}: {message}\n";
}
