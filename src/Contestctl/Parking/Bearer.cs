using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Parking;

/// <summary>The person at the command line, as a token proves: what changes something is written down under that name.</summary>
internal sealed record Bearer(string Subject, IReadOnlyList<string> Roles)
{
    public bool IsApprover => Roles.Contains(ApiRole.Approver);

    /// <summary>
    /// Checked here where the key that signs tokens is set (PAYOUT_JWT_KEY), by asking Payout elsewhere and of tokens that
    /// somebody else signed.
    /// </summary>
    /// <exception cref="RefusedException">The token is not believed, or its bearer may not do this.</exception>
    /// <exception cref="SettingException">There is no token, or nobody to ask.</exception>
    public static async Task<Bearer> Require(Session session, CancellationToken ct)
    {
        var bearer = session.Settings.Optional("PAYOUT_JWT_KEY") is not null && Token(session) is var token
            && Jwt.SaysOurKey(token)
            ? await Check(token, session) : await Ask(session, ct);
        return bearer.Roles.Any(r => r is ApiRole.Operator or ApiRole.Approver) ? bearer
            : throw new RefusedException(
                $"the token of {bearer.Subject} has the roles {string.Join(", ", bearer.Roles)}; operator or approver is needed");
    }

    private static string Token(Session session) =>
        session.Settings.Require("PAYOUT_API_TOKEN", "a bearer token with your name and role").Trim();

    private static async Task<Bearer> Check(string token, Session session) =>
        await Jwt.Read(token, PayoutApiOptions.Rules(session.Settings), session.Clock.GetUtcNow()) switch
        {
            JwtReading.Believed { Bearer: var known } => new Bearer(known.Subject, known.Roles),
            JwtReading.Refused refused => throw new RefusedException($"PAYOUT_API_TOKEN is not believed: {refused.Why}"),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };

    private static async Task<Bearer> Ask(Session session, CancellationToken ct)
    {
        using var api = new ApiClient(session);
        var me = await api.Get("/v1/me", ct);
        return new Bearer(
            me.GetProperty("subject").GetString()!, [.. me.GetProperty("roles").EnumerateArray().Select(r => r.GetString()!)]);
    }
}
