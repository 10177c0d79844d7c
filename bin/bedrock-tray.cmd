@echo off
rem `bedrock-tray` in a package for Windows: from the package itself it runs the copy in the person's data folder,
rem which is made by the first start (docs/decisions/0034-packages.md).
setlocal
set "root=%~dp0.."
set "node=%root%\node_modules\node\bin\node.exe"
if not exist "%root%\payload-id" goto run
for /f "usebackq delims=" %%v in (`""%node%" "%root%\out\cli\install.cjs""`) do set "root=%%v"
if "%root%"=="%~dp0.." exit /b 1
set "node=%root%\node_modules\node\bin\node.exe"
:run
"%node%" "%root%\bin\bedrock-tray.cjs" %*
