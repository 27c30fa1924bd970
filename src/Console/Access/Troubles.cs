using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace ContestPipeline.WebConsole.Access;

/// <summary>What went wrong, as a page: the database's troubles pass by, everything else is only logged.</summary>
internal sealed class Troubles(RequestDelegate next, ILogger<Troubles> log)
{
    private const int AwaySeconds = 5;

    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (NpgsqlException away) when (!context.Response.HasStarted && WorkerDatabase.IsTransient(away))
        {
            log.PageFailed(away, context.Request.Method, context.Request.Path);
            context.Response.Headers.RetryAfter = FormattableString.Invariant($"{AwaySeconds}");
            await Show(context, StatusCodes.Status503ServiceUnavailable, "Not now",
                "The database does not answer. Nothing was changed by this page; load it again in a few seconds.");
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Show(context, bad.StatusCode, "Not understood", StrictBodies.Words(bad));
        }
    }

    /// <summary>Answers with what is wrong and what to do: a page, or problem details of the API.</summary>
    public static async Task Show(HttpContext context, int status, string title, string detail)
    {
        if (context.Request.Path.StartsWithSegments("/v1"))
        {
            await ApiProblem.Write(context, status, title, detail);
            return;
        }

        var shell = Shell.Of(context);
        context.Response.StatusCode = status;
        await new RazorComponentResult<TroublePage>(new { Shell = shell, Title = title, Detail = detail }) { StatusCode = status }
            .ExecuteAsync(context);
    }
}
