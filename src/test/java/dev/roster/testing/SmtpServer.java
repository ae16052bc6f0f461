package dev.roster.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A mail server on a loopback port: takes mails in, can be told to refuse, and tells what it was
 * told. STARTTLS, TLS from the start and AUTH as far as it is given the means.
 */
public final class SmtpServer implements AutoCloseable {

    /** A mail as it came in. */
    public record Received(String from, String recipient, String source, boolean tls) {}

    /** What the server is like. */
    public static final class Settings {
        private int port;
        private SSLContext tls;
        private boolean tlsFromTheStart;
        private String user;
        private String password;
        private String mechanisms = "PLAIN LOGIN";

        /** Some port unless it is told. */
        public Settings port(int number) {
            port = number;
            return this;
        }

        /** Offers STARTTLS. */
        public Settings starttls(SSLContext context) {
            tls = context;
            return this;
        }

        public Settings tls(SSLContext context) {
            tls = context;
            tlsFromTheStart = true;
            return this;
        }

        /** Takes mails from this user alone. */
        public Settings login(String name, String secret, String offered) {
            user = name;
            password = secret;
            mechanisms = offered;
            return this;
        }

        public SmtpServer start() {
            return new SmtpServer(this);
        }
    }

    private final Settings settings;
    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool(SmtpServer::daemon);
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Consumer<Received>> listeners = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /** Replies to come instead of the usual ones: the command's first word, and the reply. */
    private final Queue<String[]> replies = new ConcurrentLinkedQueue<>();

    private SmtpServer(Settings settings) {
        this.settings = settings;
        try {
            socket = new ServerSocket(settings.port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public static Settings settings() {
        return new Settings();
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** Everything taken in, in order. */
    public List<Received> received() {
        return received;
    }

    public void onReceived(Consumer<Received> listener) {
        listeners.add(listener);
    }

    /**
     * Answers one command to come in another way.
     *
     * @param command its first word; {@code .} for the end of a mail, which is then not taken in
     * @param reply such as {@code 450 later}; empty to close the connection instead
     */
    public SmtpServer replyTo(String command, String reply) {
        replies.add(new String[] {command, reply});
        return this;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            socket.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "smtp server");
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            new Conversation(
                            settings.tlsFromTheStart ? secured(connection) : connection,
                            settings.tlsFromTheStart)
                    .run();
        } catch (IOException e) {
            // the client is gone, or does not trust us
        }
    }

    private Socket secured(Socket plain) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        settings.tls
                                .getSocketFactory()
                                .createSocket(plain, null, plain.getPort(), true);
        socket.setUseClientMode(false);
        socket.startHandshake();
        return socket;
    }

    private final class Conversation {
        private Socket connection;
        private boolean tls;
        private BufferedReader in;
        private boolean authenticated = settings.user == null;
        private String from;
        private String recipient;

        Conversation(Socket connection, boolean tls) throws IOException {
            this.tls = tls;
            use(connection);
        }

        private void use(Socket socket) throws IOException {
            connection = socket;
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void run() throws IOException {
            if (!say("CONNECT", "220 test server")) {
                return;
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
                if (!answer(command, line) || command.equals("QUIT")) {
                    return;
                }
            }
        }

        private boolean answer(String command, String line) throws IOException {
            switch (command) {
                case "EHLO":
                    return say(command, capabilities());
                case "STARTTLS":
                    boolean more = say(command, "220 go ahead");
                    if (more) {
                        use(secured(connection));
                        tls = true;
                    }
                    return more;
                case "AUTH":
                    return authenticate(line);
                case "MAIL":
                    from = address(line);
                    return say(command, authenticated ? "250 ok" : "530 log in first");
                case "RCPT":
                    recipient = address(line);
                    return say(command, "250 ok");
                case "DATA":
                    return say(command, "354 go ahead") && data();
                case "QUIT":
                    return say(command, "221 bye");
                case "RSET":
                case "NOOP":
                    return say(command, "250 ok");
                default:
                    return say(command, "502 what is that");
            }
        }

        private String capabilities() {
            List<String> lines = new ArrayList<>(List.of("test server", "PIPELINING"));
            if (settings.tls != null && !tls) {
                lines.add("STARTTLS");
            }
            if (settings.user != null) {
                lines.add("AUTH " + settings.mechanisms);
            }
            StringBuilder all = new StringBuilder();
            for (String line : lines) {
                all.append("250-").append(line).append("\r\n");
            }
            return all + "250 ENHANCEDSTATUSCODES";
        }

        private boolean authenticate(String line) throws IOException {
            String[] words = line.split(" ");
            String given;
            if (words[1].equals("PLAIN")) {
                given = decode(words[2]);
            } else {
                write("334 " + encode("Username:"));
                String user = decode(in.readLine());
                write("334 " + encode("Password:"));
                given = "\0" + user + "\0" + decode(in.readLine());
            }
            authenticated = given.equals("\0" + settings.user + "\0" + settings.password);
            return say("AUTH", authenticated ? "235 welcome" : "535 5.7.8 no");
        }

        private boolean data() throws IOException {
            StringBuilder source = new StringBuilder();
            String line = in.readLine();
            while (line != null && !line.equals(".")) {
                source.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
                line = in.readLine();
            }
            String reply = replyTo(".");
            if (line == null || reply != null) {
                return reply != null && write(reply);
            }
            Received mail = new Received(from, recipient, source.toString(), tls);
            received.add(mail);
            listeners.forEach(listener -> listener.accept(mail));
            return write("250 taken");
        }

        private boolean say(String command, String usual) throws IOException {
            String other = replyTo(command);
            return write(other == null ? usual : other);
        }

        private String replyTo(String command) {
            String[] first = replies.peek();
            return first != null && first[0].equals(command) && replies.remove(first)
                    ? first[1]
                    : null;
        }

        /** False when the connection was to be closed instead. */
        private boolean write(String reply) throws IOException {
            if (reply.isEmpty()) {
                return false;
            }
            connection
                    .getOutputStream()
                    .write((reply + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return true;
        }

        private static String address(String line) {
            return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
        }

        private static String encode(String text) {
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        private static String decode(String base64) {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        }
    }
}
