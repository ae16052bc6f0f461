package dev.roster.mail;

import java.util.concurrent.CompletionStage;

/** What mails leave by. */
interface Transport {

    /** Why a mail was not taken. */
    final class RefusedException extends Exception {

        /** Whether there is no point in trying again: it is about this mail or its recipient. */
        final boolean permanent;

        RefusedException(boolean permanent, String message, Throwable cause) {
            super(message, cause);
            this.permanent = permanent;
        }
    }

    /**
     * Hands a mail over.
     *
     * @return complete once the next server has answered for the mail; fails with {@link
     *     RefusedException}
     */
    CompletionStage<Void> send(RenderedMail mail);

    /** Ends idle connections. */
    default void close() {}
}
