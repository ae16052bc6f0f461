package dev.roster.platform.http;

/** The order of the filters in front of every request: the highest runs first. */
final class FilterOrder {

    static final int UNREAD_BODIES = 500;
    static final int REQUEST_ID = 400;
    static final int CONTENT_TYPE = 350;
    static final int CORS = 300;

    private FilterOrder() {}
}
