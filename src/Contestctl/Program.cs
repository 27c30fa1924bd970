using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.SignedIn;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
try
{
    return await CommandLine.Run(args, new Session(Profiles.Under(settings), TimeProvider.System));
}
catch (SettingException wrong)
{
    await Console.Error.WriteLineAsync($"contestctl: {wrong.Message}");
    return ExitCodes.Usage;
}
