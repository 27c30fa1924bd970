using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ContestPipeline.Payout.Http;

/// <summary>Who is asking. A route takes one as a parameter.</summary>
/// <param name="Subject">The person: for players the player id.</param>
public sealed record Caller(string Subject, IReadOnlyList<string> Roles)
{
    internal const string PlayerIdClaim = "player_id";

    /// <summary>The players that a member of staff is.</summary>
    public IReadOnlyList<string> PlayerIds { get; init; } = [];

    public bool IsStaff => Roles.Any(r => r is ApiRole.Viewer or ApiRole.Operator or ApiRole.Approver);

    /// <summary>In an address: the caller's own.</summary>
    private const string Me = "me";

    /// <returns>The player that an address names, the caller for <c>me</c>.</returns>
    public string Whose(string playerId) => playerId == Me ? Subject : playerId;

    /// <summary>Players see what is their own, staff sees everything.</summary>
    public bool MaySee(string playerId) => IsStaff || Roles.Contains(ApiRole.Player) && Subject == playerId;

    /// <summary>The way by which routes get one (ASP.NET's convention).</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(new Caller(
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
        [.. context.User.FindAll(ClaimTypes.Role).Select(c => c.Value)])
        {
            PlayerIds = [.. context.User.FindAll(PlayerIdClaim).Select(c => c.Value)],
        });
}
