<# : batch portion
@echo off
rem Runs the Maven named in .mvn\wrapper\maven-wrapper.properties, fetching it once; see mvnw, which does the same.
rem The PowerShell half of this file installs Maven and prints the path of its mvn.cmd, and nothing else, on stdout.
setlocal
set "MVNW_CMD="
set "MVNW_SCRIPT=%~f0"
set MVNW_ARGS=%*
rem Started from PowerShell 7, its module path would hide Windows PowerShell's own modules.
set "MVNW_PSMODULEPATH=%PSModulePath%"
set "PSModulePath="
for /f "usebackq delims=" %%L in (`powershell -NoProfile -ExecutionPolicy Bypass -Command "& ([ScriptBlock]::Create((Get-Content -Raw -LiteralPath $env:MVNW_SCRIPT)))"`) do set "MVNW_CMD=%%L"
set "PSModulePath=%MVNW_PSMODULEPATH%"
set "MVNW_PSMODULEPATH="
set "MVNW_SCRIPT="
set "MVNW_ARGS="
if not defined MVNW_CMD exit /b 1
rem Without "call": it would parse the arguments a second time. Maven's exit code becomes this script's.
"%MVNW_CMD%" %*
: end batch, begin PowerShell #>

$ErrorActionPreference = 'Stop'
# The progress bar makes Windows PowerShell's downloads many times slower.
$ProgressPreference = 'SilentlyContinue'

function Say([string] $text) { [Console]::Error.WriteLine("[mvnw] $text") }
function Die([string] $text) {
  Say $text
  exit 1
}
function Find-Program([string] $name) {
  Get-Command $name -CommandType Application -ErrorAction SilentlyContinue |
    Select-Object -First 1 -ExpandProperty Source
}
function Get-AbsolutePath([string] $path) {
  [IO.Path]::GetFullPath([IO.Path]::Combine((Get-Location).ProviderPath, $path))
}

function Assert-Jdk {
  # Windows PowerShell takes what a program writes to stderr for an error.
  $ErrorActionPreference = 'Continue'
  if ($env:JAVA_HOME) {
    $java = Join-Path $env:JAVA_HOME 'bin\java.exe'
    if (-not (Test-Path -LiteralPath (Join-Path $env:JAVA_HOME 'bin\javac.exe'))) {
      Die "JAVA_HOME is $env:JAVA_HOME, but there is no JDK there (no bin\javac.exe)."
    }
  } else {
    $java = Find-Program 'java.exe'
    if (-not $java -or -not (Find-Program 'javac.exe')) {
      Die 'No JDK found: install JDK 17 or newer and put it on the PATH or set JAVA_HOME.'
    }
  }
  # java.specification.version is 1.8, 11, 17, ...
  $settings = & $java -XshowSettings:properties -version 2>&1 | Out-String
  if ($settings -notmatch 'java\.specification\.version = (?:1\.)?(\d+)') { Die "'$java' does not run: $settings" }
  if ([int] $Matches[1] -lt 17) { Die "JDK 17 or newer is needed, but '$java' is Java $($Matches[1])." }
}

# Of the caller's arguments, those that say how artifacts are reached.
function Get-RepositoryArguments {
  $tokens = @([regex]::Matches("$env:MAVEN_ARGS $env:MVNW_ARGS", '(?:[^\s"]|"[^"]*")+') |
    ForEach-Object { $_.Value.Replace('"', '') })
  for ($i = 0; $i -lt $tokens.Count; $i++) {
    $token = $tokens[$i]
    if ($token -cmatch '^(-s|--settings|-gs|--global-settings)$') {
      $i++
      if ($i -lt $tokens.Count) {
        $token
        Get-AbsolutePath $tokens[$i]
      }
    } elseif ($token -cmatch '^(--settings|--global-settings|-Dmaven\.repo\.local)=(.+)$') {
      "$($Matches[1])=$(Get-AbsolutePath $Matches[2])"
    } elseif ($token -cmatch '^(-D(maven\.repo\.local|maven\.wagon|aether|http|https|javax\.net\.ssl)\..*|-o|--offline)$') {
      $token
    }
  }
}

function Get-WithMaven([string] $mvn) {
  $ErrorActionPreference = 'Continue'
  $arguments = @('-q', '-B', '-Dstyle.color=never') + @(Get-RepositoryArguments) + @(
    'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
    "-Dartifact=org.apache.maven:apache-maven:${version}:zip:bin",
    "-DoutputDirectory=$temp"
  )
  # Not in the project's directory: the installed Maven may be too old to read the project.
  Push-Location -LiteralPath $temp
  try {
    & $mvn @arguments | ForEach-Object { [Console]::Error.WriteLine($_) }
  } finally {
    Pop-Location
  }
  ($LASTEXITCODE -eq 0) -and (Test-Path -LiteralPath (Join-Path $temp $zip))
}

function Install-Maven {
  $temp = Join-Path $dists ".mvnw.$([Guid]::NewGuid().ToString('N'))"
  try {
    # Beside the target, so that the last step is a rename within one file system.
    [void] (New-Item -ItemType Directory -Force -Path $temp)
  } catch {
    Die "$dists cannot be made; set MAVEN_USER_HOME to a directory that can be written."
  }
  try {
    Say "Fetching Maven $version"
    $file = Join-Path $temp $zip
    $fetched = $false
    $mvn = Find-Program 'mvn.cmd'
    if ($mvn) {
      $fetched = Get-WithMaven $mvn
      if (-not $fetched) {
        Say "The installed Maven ($mvn) could not fetch Maven $version; trying the Apache archive."
      }
    }
    if (-not $fetched) {
      try {
        [Net.ServicePointManager]::SecurityProtocol =
          [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
        Invoke-WebRequest -UseBasicParsing -OutFile $file `
          -Uri "https://archive.apache.org/dist/maven/maven-3/$version/binaries/$zip"
      } catch {
        Say $_.Exception.Message
        throw "Maven $version could not be fetched. Install any Maven that reaches your repository (its settings.xml " +
          'is used), or make https://archive.apache.org reachable.'
      }
    }

    $actual = (Get-FileHash -LiteralPath $file -Algorithm SHA512).Hash
    if ($actual -ne $checksum) {
      throw "The checksum of $zip is wrong, so it is not used. Expected SHA-512 $checksum, got $($actual.ToLower())."
    }
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    [IO.Compression.ZipFile]::ExtractToDirectory($file, $temp)
    try {
      [IO.Directory]::Move((Join-Path $temp "apache-maven-$version"), $maven)
    } catch {
      # When another run was quicker, its copy is as good.
      if (-not (Test-Path -LiteralPath (Join-Path $maven 'bin\mvn.cmd'))) { throw }
    }
  } catch {
    # Die would leave before "finally".
    Say $_.Exception.Message
    $failed = $true
  } finally {
    Remove-Item -LiteralPath $temp -Recurse -Force -ErrorAction SilentlyContinue
  }
  if ($failed) { exit 1 }
}

$propertiesFile = Join-Path (Split-Path -Parent $env:MVNW_SCRIPT) '.mvn\wrapper\maven-wrapper.properties'
if (-not (Test-Path -LiteralPath $propertiesFile)) { Die "$propertiesFile is missing." }
$properties = ConvertFrom-StringData (Get-Content -Raw -LiteralPath $propertiesFile)
$version = $properties['mavenVersion']
$checksum = $properties['mavenSha512']
if (-not $version -or -not $checksum) { Die "$propertiesFile must give mavenVersion and mavenSha512." }

Assert-Jdk
$userHome = $env:MAVEN_USER_HOME
if (-not $userHome) { $userHome = Join-Path $env:USERPROFILE '.m2' }
$dists = Join-Path (Get-AbsolutePath $userHome) 'wrapper\dists'
# The checksum is part of the name: another one is another distribution.
$maven = Join-Path $dists "apache-maven-$version-$($checksum.Substring(0, 12))"
$zip = "apache-maven-$version-bin.zip"
$command = Join-Path $maven 'bin\mvn.cmd'
if (-not (Test-Path -LiteralPath $command)) { Install-Maven }
$command
