using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Authorization;

namespace ContestPipeline.Payout.Http;

/// <summary>What callers may do, as their token says. A route that names no role is open to nobody.</summary>
public static class ApiRole
{
    /// <summary>Sees what is their own.</summary>
    public const string Player = "player";

    /// <summary>Sees everything, changes nothing.</summary>
    public const string Viewer = "viewer";

    /// <summary>Runs the place: refunds, retries, sweeps.</summary>
    public const string Operator = "operator";

    /// <summary>Decides about held payouts.</summary>
    public const string Approver = "approver";

    public static IReadOnlyList<string> All { get; } = [Player, Viewer, Operator, Approver];

    /// <summary>Opens a route to bearers of any of the roles.</summary>
    public static T For<T>(this T route, params string[] roles) where T : IEndpointConventionBuilder =>
        route.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles) });

    /// <summary>Opens a route to everyone who works here.</summary>
    public static T ForStaff<T>(this T route) where T : IEndpointConventionBuilder => route.For(Viewer, Operator, Approver);
}
