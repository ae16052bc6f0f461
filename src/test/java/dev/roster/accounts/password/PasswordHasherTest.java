package dev.roster.accounts.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.accounts.password.PasswordHasher.Verification;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHasherTest {

    private static final Settings ARGON2ID = Settings.argon2id(64, 2, 1);
    private static final Settings BCRYPT = Settings.bcrypt(4);

    private static final Verification CURRENT = new Verification(true, false);
    private static final Verification OUTDATED = new Verification(true, true);
    private static final Verification NO_MATCH = new Verification(false, false);

    /** Each vector's password is wrong with this in front of it, whatever the scheme ignores. */
    private static final String WRONG = "wrong";

    private final List<HashingPool> pools = new ArrayList<>();
    private final Derivations derivations = new Derivations();

    @AfterEach
    void stop() {
        pools.forEach(pool -> pool.close(Duration.ofSeconds(10)));
    }

    private PasswordHasher hasher(Settings settings) {
        HashingPool pool = new HashingPool(settings, new SimpleMeterRegistry());
        pools.add(pool);
        return new PasswordHasher(settings, pool, derivations);
    }

    /** The real functions, each call noted with its cost and its thread. */
    private static class Derivations extends KeyDerivation {

        final List<String> calls = new CopyOnWriteArrayList<>();
        final List<String> threads = new CopyOnWriteArrayList<>();

        private void note(String call) {
            calls.add(call);
            threads.add(Thread.currentThread().getName());
        }

        @Override
        byte[] argon2id(String password, Argon2idHash.Cost cost, byte[] salt, int length) {
            note("argon2id " + cost + " " + salt.length + " " + length);
            return super.argon2id(password, cost, salt, length);
        }

        @Override
        byte[] scrypt(String password, byte[] salt) {
            note("scrypt");
            return super.scrypt(password, salt);
        }

        @Override
        String bcrypt(String password, int cost, byte[] salt) {
            note("bcrypt " + cost + " " + salt.length);
            return super.bcrypt(password, cost, salt);
        }
    }

    @Nested
    @DisplayName("A hash that was imported")
    class Imported {

        // RFC 7914, 11 (PBKDF2) and 12 (scrypt); passlib's documentation; Django 5.2's tests
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "passwd|$pbkdf2-sha256$1$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd.8xfHG4RbHjC9UJESBB06GXgw",
                    "Password|$pbkdf2-sha256$80000$TmFDbA$TdzY9guYviGDDO5e8icB.WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ",
                    "l\u00E8tmein|pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=",
                    "correct-horse-battery|$pbkdf2-sha512$1000$c2FsdHNhbHQ$fjVhFVVH.0EJjxE/INBX4fctQMtZE.NcFYPF0quegSaEaz6BfrSSz3a0J8eI7evzwhKuyRqHzWFJjwskqlk/OQ",
                    "pleaseletmein|$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
                    "password|$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA",
                    "password|$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
                })
        @DisplayName("of PBKDF2 or scrypt matches its password only, and is to be replaced")
        void publicVectors(String password, String stored) {
            PasswordHasher hasher = hasher(ARGON2ID);

            assertTrue(hasher.understands(stored));
            assertEquals(OUTDATED, hasher.verify(password, stored));
            assertEquals(NO_MATCH, hasher.verify(WRONG + password, stored));
            assertEquals(NO_MATCH, hasher.verify("", stored));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    // too costly
                    "$pbkdf2-sha256$4000001$c2FsdHNhbHQ$..aQoEp7zCGTb5wCzcSSww5XBBCykPgSfrAXm.KhZnA",
                    "$pbkdf2-sha256$99999999$c2FsdHNhbHQ$..aQoEp7zCGTb5wCzcSSww5XBBCykPgSfrAXm.KhZnA",
                    "pbkdf2_sha256$4000001$seasalt$MPVGz9UwoYxxAG7MRxArq6wZsN5A2DHuDBHMlQgf/4I=",
                    "$scrypt$ln=19,r=8,p=1$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                    "$scrypt$ln=31,r=8,p=1$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                    "$scrypt$ln=99,r=999,p=999$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                    "$scrypt$ln=10,r=8,p=999$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                    "$scrypt$ln=16,r=1,p=1$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                    // nothing, or too little, to compare with
                    "$pbkdf2-sha256$1000$c2FsdHNhbHQ$",
                    "$pbkdf2-sha256$1000$c2FsdHNhbHQ$AAAA",
                    "$pbkdf2-sha256$0$c2FsdHNhbHQ$..aQoEp7zCGTb5wCzcSSww5XBBCykPgSfrAXm.KhZnA",
                    "pbkdf2_sha256$1000$seasalt$AAAA",
                    "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$AAAA",
                    "$scrypt$ln=0,r=8,p=1$c2FsdHNhbHQ$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                    // not base64
                    "$pbkdf2-sha256$1000$c$..aQoEp7zCGTb5wCzcSSww5XBBCykPgSfrAXm.KhZnA",
                    "$scrypt$ln=10,r=8,p=1$c$s0UMUnNdHSyP69LRZi8IAzgsB2IK6jih+pfd76Fl7GI",
                })
        @DisplayName("is not taken where it would cost too much, or holds too little")
        void outOfBounds(String stored) {
            assertFalse(hasher(ARGON2ID).understands(stored));
        }
    }

    @Nested
    @DisplayName("Argon2id")
    class Argon2id {

        // P-H-C/phc-winner-argon2, src/test.c, the version 19 vectors of Argon2id
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "password|$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                    "password|$argon2id$v=19$m=262144,t=2,p=1$c29tZXNhbHQ$eP4eyR+zqlZX1y5xCFTkw9m5GYx0L5YWwvCFvtlbLow",
                    "password|$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "password|$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
                    "password|$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg",
                    "password|$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+zyJEf5PhtGiUghW9jFyw",
                    "differentpassword|$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
                    "password|$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw",
                })
        @DisplayName("the reference implementation's hashes match their passwords only")
        void referenceVectors(String password, String stored) {
            PasswordHasher hasher = hasher(ARGON2ID);

            assertEquals(OUTDATED, hasher.verify(password, stored));
            assertEquals(NO_MATCH, hasher.verify(WRONG + password, stored));
        }

        @Test
        @DisplayName("a new hash is a PHC string with the configured cost and a salt of its own")
        void format() {
            PasswordHasher hasher = hasher(Settings.argon2id(72, 3, 2));
            String first = hasher.hash("correct horse");
            String second = hasher.hash("correct horse");

            assertTrue(
                    first.matches(
                            "\\$argon2id\\$v=19\\$m=72,t=3,p=2"
                                    + "\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}"),
                    first);
            assertNotEquals(first, second);
            assertEquals(CURRENT, hasher.verify("correct horse", first));
            assertEquals(CURRENT, hasher.verify("correct horse", second));
            assertEquals(NO_MATCH, hasher.verify("correct horsf", first));
        }

        @Test
        @DisplayName("a password is the same in every Unicode form of it")
        void normalises() {
            PasswordHasher hasher = hasher(ARGON2ID);
            String stored = hasher.hash("\uFB01rst\u2460 e\u0301toile"); // ligature, circled one

            assertEquals(CURRENT, hasher.verify("first1 \u00E9toile", stored));
            assertEquals(NO_MATCH, hasher.verify("first1 etoile", stored));
        }

        @Test
        @DisplayName("a hash of the password as it was typed matches, and is to be replaced")
        void typed() {
            PasswordHasher hasher = hasher(ARGON2ID);
            String typed = "\uFB01rst\u2460 pass";
            Argon2idHash.Cost cost = Argon2idHash.Cost.of(ARGON2ID.argon2());
            byte[] salt = new byte[16];
            String stored =
                    new Argon2idHash(cost, salt, derivations.argon2id(typed, cost, salt, 32))
                            .encode();

            assertEquals(OUTDATED, hasher.verify(typed, stored));
            assertEquals(NO_MATCH, hasher.verify("first1 pass", stored));
            assertEquals(CURRENT, hasher.verify(typed, hasher.hash(typed)));
        }

        @Test
        @DisplayName("takes passwords of any length and any character")
        void anyPassword() {
            PasswordHasher hasher = hasher(ARGON2ID);

            for (String password : List.of("", "\0", "\uD83D\uDD11".repeat(64), "x".repeat(1024))) {
                assertTrue(hasher.accepts(password));
                String stored = hasher.hash(password);
                assertEquals(CURRENT, hasher.verify(password, stored));
                assertEquals(NO_MATCH, hasher.verify(password + "x", stored));
            }
        }

        @ParameterizedTest
        @CsvSource({"128,2,1", "32,2,1", "64,3,1", "64,1,1", "64,2,2"})
        @DisplayName("a hash of another cost is outdated")
        void otherCost(int memoryKib, int iterations, int parallelism) {
            String stored = hasher(ARGON2ID).hash("correct horse");
            PasswordHasher hasher = hasher(Settings.argon2id(memoryKib, iterations, parallelism));

            assertEquals(OUTDATED, hasher.verify("correct horse", stored));
        }

        @ParameterizedTest
        @CsvSource({"8,32", "16,16"})
        @DisplayName("a hash with a shorter salt or key than ours is outdated")
        void shortParts(int saltBytes, int keyBytes) {
            Argon2idHash.Cost cost = Argon2idHash.Cost.of(ARGON2ID.argon2());
            byte[] salt = new byte[saltBytes];
            byte[] key = derivations.argon2id("correct horse", cost, salt, keyBytes);
            String stored = new Argon2idHash(cost, salt, key).encode();

            assertEquals(OUTDATED, hasher(ARGON2ID).verify("correct horse", stored));
        }
    }

    @Nested
    @DisplayName("bcrypt")
    class Bcrypt {

        // Openwall crypt_blowfish, wrapper.c, those whose passwords are UTF-8; jBCrypt's TestBCrypt
        @ParameterizedTest
        @CsvSource(
                ignoreLeadingAndTrailingWhitespace = false,
                delimiter = '|',
                value = {
                    "U*U|$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                    "U*U*|$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
                    "U*U*U|$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
                    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            + "|$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
                    "''|$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.",
                    "abc|$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
                    "~!@#$%^&*()      ~!@#$%^&*()PNBFRD"
                            + "|$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO",
                })
        @DisplayName("published hashes match their passwords only, under each of the three letters")
        void publishedVectors(String password, String stored) {
            PasswordHasher hasher = hasher(BCRYPT);

            for (String letter : List.of("$2a", "$2b", "$2y")) {
                assertEquals(OUTDATED, hasher.verify(password, letter + stored), letter);
                assertEquals(NO_MATCH, hasher.verify(WRONG + password, letter + stored), letter);
            }
        }

        // made with libxcrypt: perl -e 'print crypt(encode("UTF-8", $password), $setting)'
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "Gr\u00FC\u00DFe, \u4E16\u754C \uD83D\uDD11|$2b$04$abcdefghijklmnopqrstuuSwlYnASFIFXkrXlhgqyBz8S1UVmeJI2",
                    "Gr\u00FC\u00DFe, \u4E16\u754C \uD83D\uDD11|$2y$04$abcdefghijklmnopqrstuuSwlYnASFIFXkrXlhgqyBz8S1UVmeJI2",
                    "\uFB01rst\u2460 pass|$2b$04$CCCCCCCCCCCCCCCCCCCCC.HbiiTRkYveAvbRWxqxNSC8339119/Ui",
                    "e\u0301toile e\u0301toile|$2y$04$CCCCCCCCCCCCCCCCCCCCC.wyE4ByBDdH7xPqtWIodBoMGl.8u.Veu",
                })
        @DisplayName("an imported hash is of the password as it was typed, not of its NFKC")
        void rawVectors(String password, String stored) {
            PasswordHasher hasher = hasher(BCRYPT);

            assertEquals(CURRENT, hasher.verify(password, stored));
            assertEquals(NO_MATCH, hasher.verify(WRONG + password, stored));
        }

        @Test
        @DisplayName("the composed form does not match the hash of the decomposed one")
        void noNormalisation() {
            String stored = "$2y$04$CCCCCCCCCCCCCCCCCCCCC.wyE4ByBDdH7xPqtWIodBoMGl.8u.Veu";

            assertEquals(NO_MATCH, hasher(BCRYPT).verify("\u00E9toile \u00E9toile", stored));
        }

        @Test
        @DisplayName("a new hash has the configured cost and verifies, in any Unicode form")
        void roundTrip() {
            PasswordHasher hasher = hasher(Settings.bcrypt(5));

            for (String password : List.of("correct horse", "e\u0301toile", "")) {
                String stored = hasher.hash(password);
                assertTrue(stored.matches("\\$2a\\$05\\$[./A-Za-z0-9]{53}"), stored);
                assertNotEquals(stored, hasher.hash(password));
                assertEquals(CURRENT, hasher.verify(password, stored));
                assertEquals(NO_MATCH, hasher.verify(WRONG + password, stored));
            }
        }

        @Test
        @DisplayName("72 bytes of UTF-8 are hashed; more, or a NUL, is refused without being named")
        void limits() {
            PasswordHasher hasher = hasher(BCRYPT);
            String full = "\u00E9".repeat(36);
            assertTrue(hasher.accepts(full));
            assertEquals(CURRENT, hasher.verify(full, hasher.hash(full)));

            for (String refused : List.of(full + "x", "\u00E9".repeat(37), "nul\0nul")) {
                assertFalse(hasher.accepts(refused));
                var thrown =
                        assertThrows(IllegalArgumentException.class, () -> hasher.hash(refused));
                assertFalse(thrown.getMessage().contains(refused));
            }
        }

        @Test
        @DisplayName(
                "a password longer than bcrypt reads matches, and is replaced by one that counts")
        void truncation() {
            // libxcrypt gives this hash for 72 and for 73 times "x"
            String stored = "$2b$04$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu";
            PasswordHasher hasher = hasher(ARGON2ID);

            for (int length : List.of(72, 73, 200)) {
                assertEquals(OUTDATED, hasher.verify("x".repeat(length), stored));
            }
            assertEquals(NO_MATCH, hasher.verify("x".repeat(71), stored));
            assertEquals(NO_MATCH, hasher.verify("x".repeat(71) + "y", stored));
            String replaced = hasher.hash("x".repeat(200));
            assertEquals(NO_MATCH, hasher.verify("x".repeat(72), replaced));
            // bcrypt could not tell it from others: it stays as it was imported
            assertEquals(CURRENT, hasher(BCRYPT).verify("x".repeat(73), stored));
        }

        // made with libxcrypt: perl -e 'print crypt(encode("UTF-8", $password), $setting)'
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "01234567890123456789012345678901234567890123456789012345678901234567890123456789|$2a$04$abcdefghijklmnopqrstuum2G75IXDN/xsgbNa/hCiPSKyIHQd70S",
                    "01234567890123456789012345678901234567890123456789012345678901234567890123456789|$2x$04$abcdefghijklmnopqrstuum2G75IXDN/xsgbNa/hCiPSKyIHQd70S",
                    // byte 72 is within a character
                    "0123456789012345678901234567890123456789012345678901234567890123456789\u4E16\u754Cxyz|$2y$04$abcdefghijklmnopqrstuumBlqfXHoaEdox19KM7z6JeFCpcjlRa2",
                    "0123456789012345678901234567890123456789012345678901234567890123456789\u4E16\u754Cxyz|$2x$04$abcdefghijklmnopqrstuuFagGli2oflXb8kuM2seGm86E47WNg5q",
                    "Gr\u00FC\u00DFe, welt|$2x$04$abcdefghijklmnopqrstuuOii5J1PjwYJi7jm9nsBAYjImt3tc9ji",
                })
        @DisplayName("long and non-ASCII passwords match as in the library that hashed them")
        void otherLibraries(String password, String stored) {
            PasswordHasher hasher = hasher(ARGON2ID);

            assertTrue(hasher.understands(stored));
            assertEquals(OUTDATED, hasher.verify(password, stored));
            assertEquals(NO_MATCH, hasher.verify(WRONG + password, stored));
        }

        @Test
        @DisplayName("a password ends at a NUL, or does not, as in the library that hashed it")
        void nul() {
            PasswordHasher hasher = hasher(ARGON2ID);
            String inC = hasher(BCRYPT).hash("abc");
            String inJavaScript = derivations.bcrypt("abc\0def", 4, new byte[16]);

            assertEquals(OUTDATED, hasher.verify("abc\0def", inC));
            assertEquals(OUTDATED, hasher.verify("abc\0def", inJavaScript));
            assertEquals(NO_MATCH, hasher.verify("abc", inJavaScript));
            assertEquals(NO_MATCH, hasher.verify("abd\0def", inC));
        }

        @Test
        @DisplayName("a hash of another cost is outdated")
        void otherCost() {
            String stored = hasher(Settings.bcrypt(5)).hash("correct horse");

            assertEquals(OUTDATED, hasher(BCRYPT).verify("correct horse", stored));
            assertEquals(OUTDATED, hasher(Settings.bcrypt(6)).verify("correct horse", stored));
            assertEquals(CURRENT, hasher(Settings.bcrypt(5)).verify("correct horse", stored));
        }
    }

    @Nested
    @DisplayName("Better Auth's scrypt")
    class Scrypt {

        // made with Node 20: salt + ':' + crypto.scryptSync(password.normalize('NFKC'), salt, 64,
        // {N: 16384, r: 16, p: 1, maxmem: 128 * 16384 * 16 * 2}).toString('hex')
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "correct horse battery staple|9a0f3c1be57d2468ace013579bdf2468:85f1155a6e35744107f9d760fe0dd8c80c51a037499ab45b8216760ab7aed67d51af0b4c7d70b51d8781a3d2cc466c61e855282aacc94a33713bd8d07f5e2e9d",
                    "\uFB01rst\u2460 e\u0301toile|00112233445566778899aabbccddeeff:46fc6d1dda42a6b13dbfff987b4cbcbea1fe656e1ecfde53aad60149370b9687dbfc9266cb168c6babb196fb43c989033ee7e94ded7a9aa313bccb9a823d73a5",
                    "first1 \u00E9toile|00112233445566778899aabbccddeeff:46fc6d1dda42a6b13dbfff987b4cbcbea1fe656e1ecfde53aad60149370b9687dbfc9266cb168c6babb196fb43c989033ee7e94ded7a9aa313bccb9a823d73a5",
                    "Gr\u00FC\u00DFe, \u4E16\u754C \uD83D\uDD11|0123456789abcdef0123456789abcdef:fb2a4e4f9df2d6a52354c9b77d1a3db9fa2f60a82cdef351ba738146db151e33ebb83cd0c51aab3805a7cb747f11d84ad2e85facfd7727f103936575e9c8bd26",
                })
        @DisplayName("hashes made by Node match their passwords only, and are outdated")
        void nodeVectors(String password, String stored) {
            PasswordHasher hasher = hasher(ARGON2ID);

            assertEquals(OUTDATED, hasher.verify(password, stored));
            assertEquals(NO_MATCH, hasher.verify(WRONG + password, stored));
        }

        @Test
        @DisplayName("a surrogate without its other half is what JavaScript makes of it")
        void loneSurrogate() {
            String stored =
                    "fedcba9876543210fedcba9876543210:039023def492621f0ab3a9c01e7424cf06e768c6de4e848d80ec591d12dec71767ebd9ee324284e888f6eeb8cabf7d917a6e23f19bbae4fc04151580efe74401";

            assertEquals(OUTDATED, hasher(ARGON2ID).verify("\uD800lone-surrogate", stored));
        }
    }

    @Nested
    @DisplayName("across schemes")
    class AcrossSchemes {

        @Test
        @DisplayName("a hash of the scheme that is not configured is outdated")
        void otherScheme() {
            String argon2id = hasher(ARGON2ID).hash("correct horse");
            String bcrypt = hasher(BCRYPT).hash("correct horse");

            assertEquals(OUTDATED, hasher(BCRYPT).verify("correct horse", argon2id));
            assertEquals(OUTDATED, hasher(ARGON2ID).verify("correct horse", bcrypt));
        }

        @Test
        @DisplayName("what the configured scheme could not hash is not called outdated")
        void notRehashable() {
            String password = "x".repeat(100);
            String stored = hasher(ARGON2ID).hash(password);

            assertEquals(CURRENT, hasher(BCRYPT).verify(password, stored));
        }

        @Test
        @DisplayName("everything is derived on the pool's threads, never on the caller's")
        void threads() {
            PasswordHasher hasher = hasher(ARGON2ID);
            hasher.verify("correct horse", hasher.hash("correct horse"));
            hasher.verify("correct horse", null);

            assertEquals(List.of("hashing-1", "hashing-1", "hashing-1"), derivations.threads);
        }
    }

    @Nested
    @DisplayName("without a usable hash")
    class Unusable {

        @Test
        @DisplayName("no account costs exactly what a wrong password does with Argon2id")
        void nobodyArgon2id() {
            costsTheSame(ARGON2ID, null);
        }

        @Test
        @DisplayName("no account costs exactly what a wrong password does with bcrypt")
        void nobodyBcrypt() {
            costsTheSame(BCRYPT, null);
        }

        private void costsTheSame(Settings settings, String unusable) {
            PasswordHasher hasher = hasher(settings);
            String stored = hasher.hash("correct horse");
            derivations.calls.clear();

            assertEquals(NO_MATCH, hasher.verify("wrong", stored));
            assertEquals(NO_MATCH, hasher.verify("wrong", unusable));

            assertEquals(2, derivations.calls.size());
            assertEquals(derivations.calls.get(0), derivations.calls.get(1));
        }

        @Test
        @DisplayName("not even the password behind the stand-in hash signs in without an account")
        void standInNeverMatches() {
            KeyDerivation zeros =
                    new KeyDerivation() {
                        @Override
                        byte[] argon2id(String p, Argon2idHash.Cost c, byte[] s, int length) {
                            return new byte[length];
                        }
                    };
            HashingPool pool = new HashingPool(ARGON2ID, new SimpleMeterRegistry());
            pools.add(pool);

            assertEquals(NO_MATCH, new PasswordHasher(ARGON2ID, pool, zeros).verify("any", null));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "correct horse",
                    "$",
                    "$argon2id",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$",
                    // other variants and versions
                    "$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2d$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    // a cost nobody may ask for
                    "$argon2id$v=19$m=262145,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=2147483647,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=99999999999999999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=11,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=256,t=2,p=17$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=15,t=2,p=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=0,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    // other spellings
                    "$argon2id$v=19$m=-64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=064,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=\u0666\u0664,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$t=2,m=64,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=1,keyid=Aa$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ=$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR_uIPnA4rEsF5h7TKyQwu9U1bMCHGi_4",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHR$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4\n",
                    // parts too short to be worth anything
                    "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbA$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$nf65EA",
                    // bcrypt
                    "$2a$04$",
                    "$2$04$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu",
                    "$2a$4$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu",
                    "$2a$03$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu",
                    "$2a$17$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu",
                    "$2a$31$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu",
                    "$2a$04$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jx",
                    "$2a$04$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxuu",
                    "$2a$04$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3J=u",
                    // scrypt
                    ":",
                    "9a0f3c1be57d2468ace013579bdf2468:",
                    "9a0f3c1be57d2468ace013579bdf2468:85f1155a6e35744107f9d760fe0dd8c8",
                    "9A0F3C1BE57D2468ACE013579BDF2468:85f1155a6e35744107f9d760fe0dd8c80c51a037499ab45b8216760ab7aed67d51af0b4c7d70b51d8781a3d2cc466c61e855282aacc94a33713bd8d07f5e2e9d",
                    "ga0f3c1be57d2468ace013579bdf2468:85f1155a6e35744107f9d760fe0dd8c80c51a037499ab45b8216760ab7aed67d51af0b4c7d70b51d8781a3d2cc466c61e855282aacc94a33713bd8d07f5e2e9d",
                    // schemes of others
                    "$pbkdf2-sha256$29000$c29tZXNhbHQ$nf65EOgLrQMR",
                    "{bcrypt}$2a$04$XXXXXXXXXXXXXXXXXXXXXOhRQOZ9MChqltAOuh3KU6pwJS8Bg3Jxu",
                    "5f4dcc3b5aa765d61d8327deb882cf99",
                })
        @DisplayName(
                "a stored string that is no hash matches nothing, throws nothing, costs the same")
        void malformed(String stored) {
            assertFalse(hasher(ARGON2ID).understands(stored));
            costsTheSame(ARGON2ID, stored);
        }

        @Test
        @DisplayName("a stored string of any length is no hash")
        void endless() {
            String stored = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$" + "A".repeat(1_000_000);

            costsTheSame(ARGON2ID, stored);
        }

        @Test
        @DisplayName("is warned of once, without the hash and without the password")
        void warnsOnce() {
            List<LogRecord> records = new CopyOnWriteArrayList<>();
            Logger logger = Logger.getLogger(PasswordHasher.class.getName());
            Handler handler = new Recorder(records);
            logger.addHandler(handler);
            try {
                PasswordHasher hasher = hasher(ARGON2ID);
                hasher.verify("correct horse", null);
                hasher.verify("correct horse", hasher.hash("correct horse"));
                assertEquals(0, records.size());

                hasher.verify("correct horse", "$argon2i$secret");
                hasher.verify("correct horse", "$argon2i$secret");
            } finally {
                logger.removeHandler(handler);
            }

            assertEquals(1, records.size());
            assertEquals(Level.WARNING.intValue(), records.get(0).getLevel().intValue());
            assertFalse(records.get(0).getMessage().contains("secret"));
            assertFalse(records.get(0).getMessage().contains("correct horse"));
        }

        @Test
        @DisplayName("the formats of the three schemes are understood")
        void understood() {
            assertTrue(hasher(ARGON2ID).understands(hasher(ARGON2ID).hash("x")));
            assertTrue(hasher(ARGON2ID).understands(hasher(BCRYPT).hash("x")));
            assertTrue(hasher(BCRYPT).understands("0".repeat(32) + ":" + "0".repeat(128)));
        }
    }

    private static class Recorder extends Handler {

        private final List<LogRecord> records;

        Recorder(List<LogRecord> records) {
            this.records = records;
        }

        @Override
        public void publish(LogRecord logged) {
            records.add(logged);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
