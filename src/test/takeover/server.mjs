// A Better Auth server as a team would run it. Its mails are at /__mail.
import http from "node:http";
import pg from "pg";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { admin, bearer, magicLink, multiSession, organization, twoFactor, username } from "better-auth/plugins";

const port = Number(process.env.PORT);
const mails = [];
const mail = (kind, to, values) => mails.push({ kind, to, ...values });

const auth = betterAuth({
  baseURL: `http://localhost:${port}`,
  secret: process.env.SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  emailAndPassword: {
    enabled: true,
    async sendResetPassword({ user, token }) {
      mail("reset-password", user.email, { token });
    },
  },
  emailVerification: {
    sendOnSignUp: true,
    async sendVerificationEmail({ user, token }) {
      mail("verify-email", user.email, { token });
    },
  },
  user: { additionalFields: { nickname: { type: "string", required: false } }, deleteUser: { enabled: true } },
  plugins: [
    username(),
    admin(),
    bearer(),
    organization({
      teams: { enabled: true },
      async sendInvitationEmail(invitation) {
        mail("invitation", invitation.email, { id: invitation.id });
      },
    }),
    twoFactor({ issuer: "Before" }),
    apiKey(),
    multiSession(),
    magicLink({
      async sendMagicLink({ email, token }) {
        mail("magic-link", email, { token });
      },
    }),
  ],
});

await (await getMigrations(auth.options)).runMigrations();
// the reference has no way to its first administrator but its database
const context = await auth.$context;
const boss = await context.internalAdapter.createUser(
  { email: "boss@example.com", name: "Boss", emailVerified: true, role: "admin" },
  { method: "admin" },
);
await context.internalAdapter.linkAccount({
  userId: boss.id,
  providerId: "credential",
  accountId: boss.id,
  password: await context.password.hash("correct-horse-battery"),
});
// a way in of another kind, as a social sign-in leaves it
await context.internalAdapter.linkAccount({
  userId: boss.id,
  providerId: "github",
  accountId: "4711",
  accessToken: "gho_secret",
  scope: "read:user,user:email",
});

const handler = toNodeHandler(auth);
http
  .createServer((request, response) => {
    if (request.url === "/__mail") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(mails));
    } else handler(request, response);
  })
  .listen(port, "localhost", () => console.log("listening"));
process.on("SIGTERM", () => process.exit(0));
