package dev.roster.accounts.emailotp;

import dev.roster.accounts.betterauth.ErrorCode;

/** The errors of mailed codes (contract, section 16). */
enum EmailOtpError implements ErrorCode {
    OTP_EXPIRED(400, "OTP expired"),
    INVALID_OTP(400, "Invalid OTP"),
    TOO_MANY_ATTEMPTS(403, "Too many attempts");

    private final int status;
    private final String message;

    EmailOtpError(int status, String message) {
        this.status = status;
        this.message = message;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public String message() {
        return message;
    }
}
